"""Authors in SQL."""

from datetime import datetime
from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.statements import FOR_UPDATE, first_rows, statement
from adapters.sql.values import Parameter, Row, decode_date, decode_id, decode_time
from domain.catalogue.entities import Author
from domain.errors import Conflict

_NIL = UUID(int=0)

_INSERT = statement("""
    INSERT INTO authors
           (id, name, biography, born_on, died_on, version, created_at, updated_at)
    VALUES (:id, :name, :biography, :born_on, :died_on, :version, :created_at, :updated_at)
""")

_SELECT = statement("""
    SELECT id, name, biography, born_on, died_on, version, created_at, updated_at
      FROM authors
     WHERE id = :id
       AND deleted_at IS NULL
""")

_SELECT_FOR_UPDATE = statement(
    """
    SELECT id, name, biography, born_on, died_on, version, created_at, updated_at
      FROM authors
     WHERE id = :id
       AND deleted_at IS NULL
    {for_update}
    """,
    for_update=FOR_UPDATE,
)

_SELECT_PAGE = statement("""
    SELECT id, name, biography, born_on, died_on, version, created_at, updated_at
      FROM authors
     WHERE id > :after
       AND deleted_at IS NULL
     ORDER BY id
     LIMIT :limit
""")

_UPDATE = statement("""
    UPDATE authors
       SET name = :name,
           biography = :biography,
           born_on = :born_on,
           died_on = :died_on,
           version = :version,
           updated_at = :updated_at
     WHERE id = :id
       AND version = :version - 1
       AND deleted_at IS NULL
""")

_DELETE = statement("""
    UPDATE authors
       SET deleted_at = :deleted_at,
           updated_at = :deleted_at
     WHERE id = :id
       AND deleted_at IS NULL
""")

_PURGE = statement(
    "DELETE FROM authors {oldest}",
    oldest=first_rows("authors", where="deleted_at < :deleted_before", order_by="deleted_at"),
)


class SQLAuthors:
    """The authors that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, author: Author) -> None:
        """Insert the author's row."""
        await self._connection.execute(
            _INSERT, {**_details(author), "created_at": author.created_at}
        )

    async def get(self, author_id: UUID) -> Author | None:
        """Select one row."""
        row = await self._connection.fetch_one(_SELECT, {"id": author_id})
        return None if row is None else _author(row)

    async def get_for_change(self, author_id: UUID) -> Author | None:
        """Select one row and lock it."""
        row = await self._connection.fetch_one(_SELECT_FOR_UPDATE, {"id": author_id})
        return None if row is None else _author(row)

    async def save(self, author: Author) -> None:
        """Update the row of the version before."""
        if not await self._connection.execute(_UPDATE, _details(author)):
            raise Conflict(f"Author {author.id} is no longer at version {author.version - 1}.")

    async def delete(self, author_id: UUID, deleted_at: datetime) -> None:
        """Mark the row as deleted."""
        await self._connection.execute(_DELETE, {"id": author_id, "deleted_at": deleted_at})

    async def list(self, after: UUID | None, limit: int) -> list[Author]:
        """Select the rows behind a key."""
        rows = await self._connection.fetch_all(
            _SELECT_PAGE, {"after": after or _NIL, "limit": limit}
        )
        return [_author(row) for row in rows]

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Delete rows that were marked as deleted."""
        return await self._connection.execute(
            _PURGE, {"deleted_before": deleted_before, "limit": limit}
        )


def _details(author: Author) -> dict[str, Parameter]:
    return {
        "id": author.id,
        "name": author.name,
        "biography": author.biography,
        "born_on": author.born_on,
        "died_on": author.died_on,
        "version": author.version,
        "updated_at": author.updated_at,
    }


def _author(row: Row) -> Author:
    return Author(
        id=decode_id(row["id"]),
        name=row["name"],
        biography=row["biography"],
        born_on=decode_date(row["born_on"]),
        died_on=decode_date(row["died_on"]),
        version=row["version"],
        created_at=decode_time(row["created_at"]),
        updated_at=decode_time(row["updated_at"]),
    )
