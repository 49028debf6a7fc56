"""Create counts of attempts at secrets, which hold for all processes and without Redis.

`caller_hash` is the SHA-256 of who is counted, so that no address stands here for longer than it
is needed elsewhere. `whole_at` is the time, in microseconds since 1970, at which all that was spent
of a limit is back.
"""

from adapters.sql.migrations.dialects import execute

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    execute(
        mysql=[
            """
            CREATE TABLE IF NOT EXISTS attempts (
                limit_name VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                caller_hash BINARY(32) NOT NULL,
                whole_at BIGINT NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (limit_name, caller_hash),
                KEY attempts_whole_at (whole_at)
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
        ],
        sqlite=[
            """
            CREATE TABLE attempts (
                limit_name TEXT NOT NULL,
                caller_hash BLOB NOT NULL CHECK (length(caller_hash) = 32),
                whole_at INTEGER NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL,
                PRIMARY KEY (limit_name, caller_hash)
            ) STRICT, WITHOUT ROWID
            """,
            "CREATE INDEX attempts_whole_at ON attempts (whole_at)",
        ],
    )


def downgrade() -> None:
    execute(
        mysql="DROP TABLE IF EXISTS attempts",
        sqlite=["DROP TABLE attempts"],
    )
