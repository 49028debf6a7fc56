"""Create the outbox.

`available_at` is when an event is due for delivery, or due again; `claim` is the delivery that
holds it.
"""

from adapters.sql.migrations.dialects import execute

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute(
        # Its words are a machine's, so they compare byte by byte.
        mysql="""
            CREATE TABLE IF NOT EXISTS outbox (
                id BINARY(16) NOT NULL,
                kind VARCHAR(64) NOT NULL,
                subject VARCHAR(64) NOT NULL,
                occurred_at DATETIME(6) NOT NULL,
                details JSON NOT NULL,
                available_at DATETIME(6) NOT NULL,
                claim BINARY(16) NULL,
                attempts INT UNSIGNED NOT NULL DEFAULT 0,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (id),
                KEY outbox_available_at (available_at, id),
                KEY outbox_claim (claim)
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        """,
        sqlite=[
            """
            CREATE TABLE outbox (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                kind TEXT NOT NULL,
                subject TEXT NOT NULL,
                occurred_at TEXT NOT NULL,
                details TEXT NOT NULL,
                available_at TEXT NOT NULL,
                claim BLOB NULL CHECK (length(claim) = 16),
                attempts INTEGER NOT NULL DEFAULT 0,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX outbox_available_at ON outbox (available_at, id)",
            "CREATE INDEX outbox_claim ON outbox (claim)",
        ],
    )


def downgrade() -> None:
    execute(mysql="DROP TABLE IF EXISTS outbox", sqlite=["DROP TABLE outbox"])
