"""Create the keys of requests and what was answered to them.

A row without an answer is a request at work; nobody but its own transaction sees it.
"""

from adapters.sql.migrations.dialects import execute

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    execute(
        # Its words are a machine's, so they compare byte by byte.
        mysql="""
            CREATE TABLE IF NOT EXISTS idempotency_keys (
                caller VARCHAR(64) NOT NULL,
                idempotency_key VARCHAR(255) NOT NULL,
                fingerprint BINARY(32) NOT NULL,
                status SMALLINT UNSIGNED NULL,
                headers JSON NULL,
                body MEDIUMBLOB NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (caller, idempotency_key),
                KEY idempotency_keys_created_at (created_at)
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        """,
        sqlite=[
            """
            CREATE TABLE idempotency_keys (
                caller TEXT NOT NULL,
                idempotency_key TEXT NOT NULL,
                fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
                status INTEGER NULL,
                headers TEXT NULL,
                body BLOB NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL,
                PRIMARY KEY (caller, idempotency_key)
            ) STRICT
            """,
            "CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at)",
        ],
    )


def downgrade() -> None:
    execute(mysql="DROP TABLE IF EXISTS idempotency_keys", sqlite=["DROP TABLE idempotency_keys"])
