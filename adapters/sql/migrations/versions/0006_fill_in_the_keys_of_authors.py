"""Fill in what authors of before are sorted and searched by.

Safe to repeat, by `flask db stamp 0005` and `flask db upgrade`: do so once after a deployment in
which servers of the release before wrote authors. On MySQL each batch is a transaction of its own,
which holds its authors, so that nobody waits for long and no change is mixed with what was before.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from sqlalchemy import Connection, text

from adapters.sql.migrations.dialects import is_sqlite
from domain.text import sort_key, words_of

revision = "0006"
down_revision = "0005"

BATCH_SIZE = 500

_SELECT = "SELECT id, name FROM authors WHERE id > :after ORDER BY id LIMIT :limit"

_UPDATE = text("UPDATE authors SET name_key = :name_key WHERE id = :id")

_DELETE = text("DELETE FROM author_words WHERE id = :id")

_INSERT = text("INSERT INTO author_words (word, id) VALUES (:word, :id)")


def upgrade() -> None:
    after: bytes | None = b""
    while after is not None:
        with _transaction() as connection:
            after = _fill_in(connection, after)


def downgrade() -> None:
    """Leave what was filled in; it goes with 0004."""


@contextmanager
def _transaction() -> Iterator[Connection]:
    if is_sqlite():
        yield op.get_bind()
    else:
        with op.get_bind().engine.begin() as connection:
            yield connection


def _fill_in(connection: Connection, after: bytes) -> bytes | None:
    """Fill in a batch, and give the last id in it; None where there was nothing left."""
    select = text(_SELECT if is_sqlite() else f"{_SELECT} FOR UPDATE")
    rows = connection.execute(select, {"after": after, "limit": BATCH_SIZE}).all()
    if not rows:
        return None
    connection.execute(
        _UPDATE, [{"id": row.id, "name_key": sort_key(row.name).encode()} for row in rows]
    )
    connection.execute(_DELETE, [{"id": row.id} for row in rows])
    words = [{"word": word.encode(), "id": row.id} for row in rows for word in words_of(row.name)]
    if words:
        connection.execute(_INSERT, words)
    last: bytes = rows[-1].id
    return last
