"""Fill in what authors of before are sorted and searched by.

Safe to repeat, by `flask db downgrade -1` and `flask db upgrade`: do so once after a deployment
during which servers of the release before wrote authors. MySQL commits each batch by itself, so
nobody waits for all of them; an author that somebody changes meanwhile is that one's to fill in.
"""

from alembic import op
from sqlalchemy import text

from adapters.sql.migrations.dialects import is_sqlite
from domain.text import sort_key, words_of

revision = "0006"
down_revision = "0005"

BATCH_SIZE = 500

_SELECT = text("""
    SELECT id, name, version FROM authors WHERE id > :after ORDER BY id LIMIT :limit
""")

_UPDATE = text("""
    UPDATE authors SET name_key = :name_key WHERE id = :id AND version = :version
""")

_DELETE = text("DELETE FROM author_words WHERE id = :id")

_INSERT = text("INSERT INTO author_words (word, id) VALUES (:word, :id)")


def upgrade() -> None:
    if is_sqlite():
        _fill_in()
    else:
        with op.get_context().autocommit_block():
            _fill_in()


def downgrade() -> None:
    """Leave what was filled in; it goes with 0004."""


def _fill_in() -> None:
    connection, after = op.get_bind(), b""
    while rows := connection.execute(_SELECT, {"after": after, "limit": BATCH_SIZE}).all():
        keys = [
            {"id": row.id, "version": row.version, "name_key": sort_key(row.name).encode()}
            for row in rows
        ]
        words = [
            {"word": word.encode(), "id": row.id} for row in rows for word in words_of(row.name)
        ]
        connection.execute(_UPDATE, keys)
        connection.execute(_DELETE, [{"id": row.id} for row in rows])
        if words:
            connection.execute(_INSERT, words)
        after = rows[-1].id
