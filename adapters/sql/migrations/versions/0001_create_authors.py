"""Create authors."""

from adapters.sql.migrations.dialects import execute

revision = "0001"
down_revision = None


def upgrade() -> None:
    execute(
        # Both MySQL and MariaDB have this collation, which takes "É" and "e" for one in searches.
        mysql="""
            CREATE TABLE IF NOT EXISTS authors (
                id BINARY(16) NOT NULL,
                name VARCHAR(200) NOT NULL,
                biography TEXT NULL,
                born_on DATE NULL,
                died_on DATE NULL,
                version INT UNSIGNED NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                deleted_at DATETIME(6) NULL,
                PRIMARY KEY (id),
                KEY authors_deleted_at (deleted_at)
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci
        """,
        sqlite=[
            """
            CREATE TABLE authors (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                name TEXT NOT NULL,
                biography TEXT NULL,
                born_on TEXT NULL,
                died_on TEXT NULL,
                version INTEGER NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL,
                deleted_at TEXT NULL
            ) STRICT
            """,
            "CREATE INDEX authors_deleted_at ON authors (deleted_at)",
        ],
    )


def downgrade() -> None:
    execute(mysql="DROP TABLE IF EXISTS authors", sqlite=["DROP TABLE authors"])
