"""Create API keys, of whose secrets only the hashes are kept."""

from adapters.sql.migrations.dialects import execute

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    execute(
        mysql=[
            """
            CREATE TABLE IF NOT EXISTS api_keys (
                id BINARY(16) NOT NULL,
                account_id BINARY(16) NOT NULL,
                name VARCHAR(200) NOT NULL,
                secret_hash BINARY(32) NOT NULL,
                permissions VARCHAR(500) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                expires_at DATETIME(6) NULL,
                last_used_at DATETIME(6) NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (id),
                KEY api_keys_account_id (account_id, id),
                KEY api_keys_expires_at (expires_at),
                CONSTRAINT api_keys_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
        ],
        sqlite=[
            """
            CREATE TABLE api_keys (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
                permissions TEXT NOT NULL,
                expires_at TEXT NULL,
                last_used_at TEXT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX api_keys_account_id ON api_keys (account_id, id)",
            "CREATE INDEX api_keys_expires_at ON api_keys (expires_at)",
        ],
    )


def downgrade() -> None:
    execute(
        mysql="DROP TABLE IF EXISTS api_keys",
        sqlite=["DROP TABLE api_keys"],
    )
