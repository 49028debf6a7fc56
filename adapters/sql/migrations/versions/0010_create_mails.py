"""Create mails that wait to be sent, and the hashes of the single-use tokens that they bring.

A mail has no token while it waits: one is made when it is sent, and only its hash is kept. Neither
needs an account: who signs up has none before the token came back.
"""

from adapters.sql.migrations.dialects import execute

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    execute(
        mysql=[
            """
            CREATE TABLE IF NOT EXISTS mails (
                id BINARY(16) NOT NULL,
                kind VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                recipient VARCHAR(254) NOT NULL,
                account_id BINARY(16) NULL,
                details JSON NOT NULL,
                claim BINARY(16) NULL,
                attempts INT UNSIGNED NOT NULL DEFAULT 0,
                available_at DATETIME(6) NOT NULL,
                expires_at DATETIME(6) NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (id),
                KEY mails_available_at (available_at, id),
                KEY mails_claim (claim),
                KEY mails_account_id (account_id),
                CONSTRAINT mails_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
            """
            CREATE TABLE IF NOT EXISTS one_time_tokens (
                hash BINARY(32) NOT NULL,
                purpose VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                account_id BINARY(16) NULL,
                email VARCHAR(254) NOT NULL,
                email_key VARBINARY(1024) NOT NULL,
                password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
                name VARCHAR(200) NULL,
                expires_at DATETIME(6) NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (hash),
                KEY one_time_tokens_account_id (account_id, purpose),
                KEY one_time_tokens_email_key (email_key, purpose, created_at),
                KEY one_time_tokens_expires_at (expires_at),
                CONSTRAINT one_time_tokens_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
        ],
        sqlite=[
            """
            CREATE TABLE mails (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                kind TEXT NOT NULL,
                recipient TEXT NOT NULL,
                account_id BLOB NULL REFERENCES accounts (id) ON DELETE CASCADE,
                details TEXT NOT NULL,
                claim BLOB NULL,
                attempts INTEGER NOT NULL DEFAULT 0,
                available_at TEXT NOT NULL,
                expires_at TEXT NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX mails_available_at ON mails (available_at, id)",
            "CREATE INDEX mails_claim ON mails (claim)",
            "CREATE INDEX mails_account_id ON mails (account_id)",
            """
            CREATE TABLE one_time_tokens (
                hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
                purpose TEXT NOT NULL,
                account_id BLOB NULL REFERENCES accounts (id) ON DELETE CASCADE,
                email TEXT NOT NULL,
                email_key BLOB NOT NULL,
                password_hash TEXT NULL,
                name TEXT NULL,
                expires_at TEXT NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX one_time_tokens_account_id ON one_time_tokens (account_id, purpose)",
            """
            CREATE INDEX one_time_tokens_email_key
                ON one_time_tokens (email_key, purpose, created_at)
            """,
            "CREATE INDEX one_time_tokens_expires_at ON one_time_tokens (expires_at)",
        ],
    )


def downgrade() -> None:
    execute(
        mysql="DROP TABLE IF EXISTS one_time_tokens, mails",
        sqlite=["DROP TABLE one_time_tokens", "DROP TABLE mails"],
    )
