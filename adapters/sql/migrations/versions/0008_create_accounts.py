"""Create accounts, with their words and the hashes of their passwords.

`live_email_key` is the key of an account that is not deleted, so an address is unique among those.
"""

from adapters.sql.migrations.dialects import execute

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    execute(
        mysql=[
            """
            CREATE TABLE IF NOT EXISTS accounts (
                id BINARY(16) NOT NULL,
                email VARCHAR(254) NOT NULL,
                email_key VARBINARY(1024) NOT NULL,
                name VARCHAR(200) NULL,
                role VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                verified_at DATETIME(6) NULL,
                disabled_at DATETIME(6) NULL,
                version INT UNSIGNED NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                deleted_at DATETIME(6) NULL,
                live_email_key VARBINARY(1024)
                    AS (CASE WHEN deleted_at IS NULL THEN email_key END) STORED,
                PRIMARY KEY (id),
                UNIQUE KEY accounts_live_email_key (live_email_key),
                KEY accounts_email_key (deleted_at, email_key, id),
                KEY accounts_updated_at (deleted_at, updated_at, id),
                KEY accounts_role (deleted_at, role, id),
                KEY accounts_deleted_at (deleted_at, id)
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
            """
            CREATE TABLE IF NOT EXISTS account_words (
                word VARBINARY(160) NOT NULL,
                id BINARY(16) NOT NULL,
                PRIMARY KEY (word, id),
                KEY account_words_id (id),
                CONSTRAINT account_words_of FOREIGN KEY (id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
            """
            CREATE TABLE IF NOT EXISTS passwords (
                account_id BINARY(16) NOT NULL,
                hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (account_id),
                CONSTRAINT passwords_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
        ],
        sqlite=[
            """
            CREATE TABLE accounts (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                email TEXT NOT NULL,
                email_key BLOB NOT NULL,
                name TEXT NULL,
                role TEXT NOT NULL,
                verified_at TEXT NULL,
                disabled_at TEXT NULL,
                version INTEGER NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL,
                deleted_at TEXT NULL,
                live_email_key BLOB AS (CASE WHEN deleted_at IS NULL THEN email_key END) STORED
            ) STRICT
            """,
            "CREATE UNIQUE INDEX accounts_live_email_key ON accounts (live_email_key)",
            "CREATE INDEX accounts_email_key ON accounts (deleted_at, email_key, id)",
            "CREATE INDEX accounts_updated_at ON accounts (deleted_at, updated_at, id)",
            "CREATE INDEX accounts_role ON accounts (deleted_at, role, id)",
            "CREATE INDEX accounts_deleted_at ON accounts (deleted_at, id)",
            """
            CREATE TABLE account_words (
                word BLOB NOT NULL,
                id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                PRIMARY KEY (word, id)
            ) STRICT, WITHOUT ROWID
            """,
            "CREATE INDEX account_words_id ON account_words (id)",
            """
            CREATE TABLE passwords (
                account_id BLOB NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
                hash TEXT NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
        ],
    )


def downgrade() -> None:
    execute(
        mysql="DROP TABLE IF EXISTS passwords, account_words, accounts",
        sqlite=["DROP TABLE passwords", "DROP TABLE account_words", "DROP TABLE accounts"],
    )
