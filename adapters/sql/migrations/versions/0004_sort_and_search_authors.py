"""Add what authors are sorted and searched by.

`name_key` is `domain.text.sort_key` of the name in UTF-8, compared byte by byte. It is empty for
authors of before, and for those that the release before adds during a deployment, until 0006 fills
it in. Indexes for lists begin with `deleted_at`, for a list has only rows where that is NULL: so
the database finds a page in one place and in its order.
"""

from adapters.sql.migrations.dialects import execute, has_column

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute(
        mysql=[
            *([] if has_column("authors", "name_key") else [_ADD_KEY_IN_MYSQL]),
            """
            CREATE TABLE IF NOT EXISTS author_words (
                word VARBINARY(160) NOT NULL,
                id BINARY(16) NOT NULL,
                PRIMARY KEY (word, id),
                KEY author_words_id (id),
                CONSTRAINT author_words_of FOREIGN KEY (id) REFERENCES authors (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
        ],
        sqlite=[
            "ALTER TABLE authors ADD COLUMN name_key BLOB NOT NULL DEFAULT x''",
            # MySQL appends the primary key to each index by itself.
            "DROP INDEX authors_deleted_at",
            "CREATE INDEX authors_deleted_at ON authors (deleted_at, id)",
            "CREATE INDEX authors_name_key ON authors (deleted_at, name_key, id)",
            "CREATE INDEX authors_updated_at ON authors (deleted_at, updated_at, id)",
            """
            CREATE TABLE author_words (
                word BLOB NOT NULL,
                id BLOB NOT NULL REFERENCES authors (id) ON DELETE CASCADE,
                PRIMARY KEY (word, id)
            ) STRICT, WITHOUT ROWID
            """,
            "CREATE INDEX author_words_id ON author_words (id)",
        ],
    )


_ADD_KEY_IN_MYSQL = """
    ALTER TABLE authors
        ADD COLUMN name_key VARBINARY(400) NOT NULL DEFAULT '',
        ADD KEY authors_name_key (deleted_at, name_key, id),
        ADD KEY authors_updated_at (deleted_at, updated_at, id)
"""

_DROP_KEY_IN_MYSQL = """
    ALTER TABLE authors
        DROP KEY authors_name_key,
        DROP KEY authors_updated_at,
        DROP COLUMN name_key
"""


def downgrade() -> None:
    execute(
        mysql=[
            "DROP TABLE IF EXISTS author_words",
            *([_DROP_KEY_IN_MYSQL] if has_column("authors", "name_key") else []),
        ],
        sqlite=[
            "DROP TABLE author_words",
            "DROP INDEX authors_updated_at",
            "DROP INDEX authors_name_key",
            "DROP INDEX authors_deleted_at",
            "CREATE INDEX authors_deleted_at ON authors (deleted_at)",
            "ALTER TABLE authors DROP COLUMN name_key",
        ],
    )
