"""Create sessions, with the hashes by which their refresh tokens are known."""

from adapters.sql.migrations.dialects import execute

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    execute(
        mysql=[
            """
            CREATE TABLE IF NOT EXISTS sessions (
                id BINARY(16) NOT NULL,
                account_id BINARY(16) NOT NULL,
                refresh_family BINARY(32) NOT NULL,
                refresh_current BINARY(32) NOT NULL,
                refresh_previous BINARY(32) NULL,
                refresh_nonce BINARY(32) NULL,
                rotated_at DATETIME(6) NOT NULL,
                device VARCHAR(200) NOT NULL,
                address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                methods VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                authenticated_at DATETIME(6) NOT NULL,
                last_seen_at DATETIME(6) NOT NULL,
                expires_at DATETIME(6) NOT NULL,
                ended_at DATETIME(6) NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (id),
                KEY sessions_account_id (account_id, ended_at, last_seen_at),
                KEY sessions_ended_at (ended_at),
                KEY sessions_expires_at (expires_at),
                CONSTRAINT sessions_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
        ],
        sqlite=[
            """
            CREATE TABLE sessions (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                refresh_family BLOB NOT NULL CHECK (length(refresh_family) = 32),
                refresh_current BLOB NOT NULL CHECK (length(refresh_current) = 32),
                refresh_previous BLOB NULL,
                refresh_nonce BLOB NULL,
                rotated_at TEXT NOT NULL,
                device TEXT NOT NULL,
                address TEXT NOT NULL,
                methods TEXT NOT NULL,
                authenticated_at TEXT NOT NULL,
                last_seen_at TEXT NOT NULL,
                expires_at TEXT NOT NULL,
                ended_at TEXT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX sessions_account_id ON sessions (account_id, ended_at, last_seen_at)",
            "CREATE INDEX sessions_ended_at ON sessions (ended_at)",
            "CREATE INDEX sessions_expires_at ON sessions (expires_at)",
        ],
    )


def downgrade() -> None:
    execute(
        mysql="DROP TABLE IF EXISTS sessions",
        sqlite=["DROP TABLE sessions"],
    )
