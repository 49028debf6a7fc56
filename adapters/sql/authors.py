"""Authors in SQL."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from uuid import UUID

from adapters.sql.choices import chosen_by
from adapters.sql.connection import Connection
from adapters.sql.lists import ListedTable
from adapters.sql.statements import FOR_SHARE, FOR_UPDATE, Statement, first_rows, statement
from adapters.sql.values import Parameter, Row, decode_date, decode_id, decode_time
from adapters.sql.words import SQLWords
from domain.catalogue.entities import Author
from domain.catalogue.queries import AuthorQuery, AuthorSort
from domain.errors import Conflict
from domain.pagination import Page, PageRequest
from domain.text import sort_key, words_of

_WORDS = SQLWords("author_words")

_INSERT = statement("""
    INSERT INTO authors
           (id, name, name_key, biography, born_on, died_on, version, created_at, updated_at)
    VALUES (:id, :name, :name_key, :biography, :born_on, :died_on, :version, :created_at,
            :updated_at)
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

_LIST = ListedTable(
    "authors",
    """
    SELECT id, name, name_key, biography, born_on, died_on, version, created_at, updated_at
      FROM authors
    """,
    words="author_words",
)

_COLUMNS = {
    AuthorSort.CREATED_AT: None,
    AuthorSort.NAME: "name_key",
    AuthorSort.UPDATED_AT: "updated_at",
}

_UPDATE = statement("""
    UPDATE authors
       SET name = :name,
           name_key = :name_key,
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


@cache
def _hold(chosen: str) -> Statement:
    # The version is in no other index: without it, InnoDB could read, and so lock, the row's entry
    # in the index of deleted_at alone, which stops nobody who locks the row itself.
    return statement(
        f"""
        SELECT id, version
          FROM authors
         WHERE id IN ({chosen})
           AND deleted_at IS NULL
         ORDER BY id
        """  # noqa: S608 - names of parameters.
        "{for_share}",
        for_share=FOR_SHARE,
    )


class SQLAuthors:
    """The authors that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, author: Author) -> None:
        """Insert the author's row and its words."""
        row = {**_details(author), "created_at": author.created_at}
        await self._connection.insert_later(_INSERT, [row])
        await _WORDS.add(self._connection, {author.id: words_of(author.name)})

    async def get(self, author_id: UUID) -> Author | None:
        """Select one row."""
        row = await self._connection.fetch_one(_SELECT, {"id": author_id})
        return None if row is None else _author(row)

    async def get_for_change(self, author_id: UUID) -> Author | None:
        """Select one row and lock it."""
        row = await self._connection.fetch_one(_SELECT_FOR_UPDATE, {"id": author_id})
        return None if row is None else _author(row)

    async def hold(self, author_ids: Collection[UUID]) -> frozenset[UUID]:
        """Select rows and lock them for others' changes, all in the order of ids."""
        held: set[UUID] = set()
        for chosen, parameters in chosen_by(sorted(author_ids)):
            rows = await self._connection.fetch_all(_hold(chosen), parameters)
            held.update(decode_id(row["id"]) for row in rows)
        return frozenset(held)

    async def save(self, author: Author) -> None:
        """Update the row of the version before, and its words."""
        if not await self._connection.execute(_UPDATE, _details(author)):
            raise Conflict(f"Author {author.id} is no longer at version {author.version - 1}.")
        await _WORDS.replace(self._connection, author.id, words_of(author.name))

    async def delete(self, author_id: UUID, deleted_at: datetime) -> None:
        """Mark the row as deleted."""
        await self._connection.execute(_DELETE, {"id": author_id, "deleted_at": deleted_at})

    async def list(self, request: PageRequest, query: AuthorQuery) -> Page[Author]:
        """Select the rows of a page."""
        page = await _LIST.page(self._connection, request, query, _COLUMNS[query.sort])
        return Page([_author(row) for row in page.items], page.next_after)

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Delete rows that were marked as deleted."""
        return await self._connection.execute(
            _PURGE, {"deleted_before": deleted_before, "limit": limit}
        )


def _details(author: Author) -> dict[str, Parameter]:
    return {
        "id": author.id,
        "name": author.name,
        "name_key": sort_key(author.name).encode(),
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
