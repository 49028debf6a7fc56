"""Create the embedded activity log and configuration.

Beside MySQL, MongoDB holds both, so there this changes nothing.
"""

from adapters.sql.migrations.dialects import execute

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute(
        mysql=None,
        sqlite=[
            """
            CREATE TABLE activity (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                kind TEXT NOT NULL,
                subject TEXT NOT NULL,
                occurred_at TEXT NOT NULL,
                details TEXT NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX activity_kind ON activity (kind, id)",
            "CREATE INDEX activity_subject ON activity (subject, id)",
            "CREATE INDEX activity_occurred_at ON activity (occurred_at)",
            """
            CREATE TABLE configuration (
                id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
                document TEXT NOT NULL,
                version INTEGER NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
        ],
    )


def downgrade() -> None:
    execute(mysql=None, sqlite=["DROP TABLE configuration", "DROP TABLE activity"])
