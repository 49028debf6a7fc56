"""Create books, with their authors and their words.

`live_isbn` is the ISBN of a book that is not deleted, so an ISBN is unique among those alone.
"""

from adapters.sql.migrations.dialects import execute

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    execute(
        mysql=[
            """
            CREATE TABLE IF NOT EXISTS books (
                id BINARY(16) NOT NULL,
                title VARCHAR(300) NOT NULL,
                title_key VARBINARY(400) NOT NULL,
                isbn VARCHAR(13) CHARACTER SET ascii COLLATE ascii_bin NULL,
                published_on DATE NULL,
                language VARCHAR(35) CHARACTER SET ascii COLLATE ascii_bin NULL,
                price_amount BIGINT NULL,
                price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
                version INT UNSIGNED NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                deleted_at DATETIME(6) NULL,
                live_isbn VARCHAR(13) CHARACTER SET ascii COLLATE ascii_bin
                    AS (CASE WHEN deleted_at IS NULL THEN isbn END) STORED,
                PRIMARY KEY (id),
                UNIQUE KEY books_live_isbn (live_isbn),
                KEY books_title_key (deleted_at, title_key, id),
                KEY books_updated_at (deleted_at, updated_at, id),
                KEY books_language (deleted_at, language, id),
                KEY books_published_on (deleted_at, published_on, id),
                KEY books_deleted_at (deleted_at, id)
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
            """
            CREATE TABLE IF NOT EXISTS book_authors (
                book_id BINARY(16) NOT NULL,
                place TINYINT UNSIGNED NOT NULL,
                author_id BINARY(16) NOT NULL,
                PRIMARY KEY (book_id, place),
                KEY book_authors_author_id (author_id, book_id),
                CONSTRAINT book_authors_of FOREIGN KEY (book_id) REFERENCES books (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
            """
            CREATE TABLE IF NOT EXISTS book_words (
                word VARBINARY(160) NOT NULL,
                id BINARY(16) NOT NULL,
                PRIMARY KEY (word, id),
                KEY book_words_id (id),
                CONSTRAINT book_words_of FOREIGN KEY (id) REFERENCES books (id) ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
        ],
        sqlite=[
            """
            CREATE TABLE books (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                title TEXT NOT NULL,
                title_key BLOB NOT NULL,
                isbn TEXT NULL,
                published_on TEXT NULL,
                language TEXT NULL,
                price_amount INTEGER NULL,
                price_currency TEXT NULL,
                version INTEGER NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL,
                deleted_at TEXT NULL,
                live_isbn TEXT AS (CASE WHEN deleted_at IS NULL THEN isbn END) STORED
            ) STRICT
            """,
            "CREATE UNIQUE INDEX books_live_isbn ON books (live_isbn)",
            "CREATE INDEX books_title_key ON books (deleted_at, title_key, id)",
            "CREATE INDEX books_updated_at ON books (deleted_at, updated_at, id)",
            "CREATE INDEX books_language ON books (deleted_at, language, id)",
            "CREATE INDEX books_published_on ON books (deleted_at, published_on, id)",
            "CREATE INDEX books_deleted_at ON books (deleted_at, id)",
            """
            CREATE TABLE book_authors (
                book_id BLOB NOT NULL REFERENCES books (id) ON DELETE CASCADE,
                place INTEGER NOT NULL,
                author_id BLOB NOT NULL,
                PRIMARY KEY (book_id, place)
            ) STRICT, WITHOUT ROWID
            """,
            "CREATE INDEX book_authors_author_id ON book_authors (author_id, book_id)",
            """
            CREATE TABLE book_words (
                word BLOB NOT NULL,
                id BLOB NOT NULL REFERENCES books (id) ON DELETE CASCADE,
                PRIMARY KEY (word, id)
            ) STRICT, WITHOUT ROWID
            """,
            "CREATE INDEX book_words_id ON book_words (id)",
        ],
    )


def downgrade() -> None:
    execute(
        mysql="DROP TABLE IF EXISTS book_words, book_authors, books",
        sqlite=["DROP TABLE book_words", "DROP TABLE book_authors", "DROP TABLE books"],
    )
