"""Books in SQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import NoReturn
from uuid import UUID

from adapters.sql.choices import chosen_by
from adapters.sql.connection import Connection
from adapters.sql.lists import Condition, ListedTable
from adapters.sql.statements import FOR_UPDATE, Fragment, Statement, first_rows, statement
from adapters.sql.values import Parameter, Row, decode_date, decode_id, decode_time
from adapters.sql.words import SQLWords
from domain.catalogue.entities import Book
from domain.catalogue.errors import IsbnTaken
from domain.catalogue.queries import BookQuery, BookSort
from domain.catalogue.values import Price
from domain.errors import Conflict
from domain.pagination import Page, PageRequest
from domain.text import sort_key, words_of

_WORDS = SQLWords("book_words")

# One statement reads a book with its authors, so that it never mixes two versions of a book.
_AUTHOR_IDS = Fragment(
    mysql="""(SELECT GROUP_CONCAT(place, ':', HEX(author_id))
                FROM book_authors WHERE book_id = books.id) AS author_ids""",
    sqlite="""(SELECT group_concat(place || ':' || hex(author_id))
                 FROM book_authors WHERE book_id = books.id) AS author_ids""",
)

_BOOKS = """
    SELECT id, title, title_key, isbn, published_on, language, price_amount, price_currency,
           version, created_at, updated_at, {author_ids}
      FROM books
"""

_INSERT = statement("""
    INSERT INTO books
           (id, title, title_key, isbn, published_on, language, price_amount, price_currency,
            version, created_at, updated_at)
    VALUES (:id, :title, :title_key, :isbn, :published_on, :language, :price_amount,
            :price_currency, :version, :created_at, :updated_at)
""")

_INSERT_AUTHOR = statement("""
    INSERT INTO book_authors (book_id, place, author_id) VALUES (:book_id, :place, :author_id)
""")

_DELETE_AUTHORS = statement("DELETE FROM book_authors WHERE book_id = :id")

_SELECT = statement(_BOOKS + " WHERE id = :id AND deleted_at IS NULL", author_ids=_AUTHOR_IDS)

_LOCK = statement(
    "SELECT id FROM books WHERE id = :id AND deleted_at IS NULL {for_update}", for_update=FOR_UPDATE
)

_LIST = ListedTable("books", _BOOKS, words="book_words", fragments=(("author_ids", _AUTHOR_IDS),))

_COLUMNS = {
    BookSort.CREATED_AT: None,
    BookSort.TITLE: "title_key",
    BookSort.UPDATED_AT: "updated_at",
}

_COUNT_BY = statement("""
    SELECT count(*) AS books
      FROM book_authors
      JOIN books ON books.id = book_authors.book_id
     WHERE book_authors.author_id = :author_id
       AND books.deleted_at IS NULL
""")

_UPDATE = statement("""
    UPDATE books
       SET title = :title,
           title_key = :title_key,
           isbn = :isbn,
           published_on = :published_on,
           language = :language,
           price_amount = :price_amount,
           price_currency = :price_currency,
           version = :version,
           updated_at = :updated_at
     WHERE id = :id
       AND version = :version - 1
       AND deleted_at IS NULL
""")

_DELETE = statement("""
    UPDATE books
       SET deleted_at = :deleted_at,
           updated_at = :deleted_at
     WHERE id = :id
       AND deleted_at IS NULL
""")

_PURGE = statement(
    "DELETE FROM books {oldest}",
    oldest=first_rows("books", where="deleted_at < :deleted_before", order_by="deleted_at"),
)


@cache
def _select_owners(chosen: str) -> Statement:
    return statement(f"SELECT isbn, id FROM books WHERE live_isbn IN ({chosen})")  # noqa: S608 - names of parameters.


class SQLBooks:
    """The books that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, books: Sequence[Book]) -> None:
        """Insert the rows of books, of their authors and of their words."""
        rows = [{**_details(book), "created_at": book.created_at} for book in books]
        try:
            await self._connection.insert(_INSERT, rows)
        except Conflict as error:
            await self._raise_taken(books, error)
        await self._connection.insert_later(_INSERT_AUTHOR, _author_rows(*books))
        await _WORDS.add(self._connection, {book.id: words_of(book.title) for book in books})

    async def get(self, book_id: UUID) -> Book | None:
        """Select one row."""
        row = await self._connection.fetch_one(_SELECT, {"id": book_id})
        return None if row is None else _book(row)

    async def get_for_change(self, book_id: UUID) -> Book | None:
        """Lock one row, then select it.

        In one statement, the part that reads the authors could see them as they were before the
        wait for the lock.
        """
        await self._connection.fetch_one(_LOCK, {"id": book_id})
        return await self.get(book_id)

    async def taken(self, isbns: Collection[str]) -> frozenset[str]:
        """Select the ISBNs that are there."""
        return frozenset(await self._owners(isbns))

    async def save(self, book: Book) -> None:
        """Update the row of the version before, and replace those of its authors and words."""
        try:
            found = await self._connection.execute(_UPDATE, _details(book))
        except Conflict as error:
            await self._raise_taken([book], error)
        if not found:
            raise Conflict(f"Book {book.id} is no longer at version {book.version - 1}.")
        await self._connection.execute(_DELETE_AUTHORS, {"id": book.id})
        await self._connection.insert_later(_INSERT_AUTHOR, _author_rows(book))
        await _WORDS.replace(self._connection, book.id, words_of(book.title))

    async def delete(self, book_id: UUID, deleted_at: datetime) -> None:
        """Mark the row as deleted."""
        await self._connection.execute(_DELETE, {"id": book_id, "deleted_at": deleted_at})

    async def list(self, request: PageRequest, query: BookQuery) -> Page[Book]:
        """Select the rows of a page."""
        column, conditions = _COLUMNS[query.sort], _conditions(query)
        page = await _LIST.page(self._connection, request, query, column, conditions)
        return Page([_book(row) for row in page.items], page.next_after)

    async def count_by(self, author_id: UUID) -> int:
        """Count an author's rows."""
        row = await self._connection.fetch_one(_COUNT_BY, {"author_id": author_id})
        return 0 if row is None else int(row["books"])

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Delete rows that were marked as deleted; those of their authors and words go along."""
        return await self._connection.execute(
            _PURGE, {"deleted_before": deleted_before, "limit": limit}
        )

    async def _raise_taken(self, books: Sequence[Book], error: Conflict) -> NoReturn:
        """Say which ISBN it was that was taken already, where it was one."""
        isbns = [book.isbn for book in books if book.isbn is not None]
        owners = await self._owners(isbns)
        ours = {book.id for book in books}
        for isbn in isbns:
            is_elsewhere = isbn in owners and owners[isbn] not in ours
            if is_elsewhere or isbns.count(isbn) > 1:
                raise IsbnTaken(isbn) from error
        raise error

    async def _owners(self, isbns: Collection[str]) -> dict[str, UUID]:
        found: dict[str, UUID] = {}
        for chosen, parameters in chosen_by(sorted(isbns)):
            rows = await self._connection.fetch_all(_select_owners(chosen), parameters)
            found |= {row["isbn"]: decode_id(row["id"]) for row in rows}
        return found


def _conditions(query: BookQuery) -> list[Condition]:
    possible = [
        Condition(
            "id IN (SELECT book_id FROM book_authors WHERE author_id = :author_id)",
            "author_id",
            query.author_id,
        ),
        Condition("language = :language", "language", query.language, served_by="books_language"),
        Condition("published_on >= :published_from", "published_from", query.published_from),
        Condition("published_on <= :published_to", "published_to", query.published_to),
    ]
    return [condition for condition in possible if condition.value is not None]


def _author_rows(*books: Book) -> list[dict[str, Parameter]]:
    return [
        {"book_id": book.id, "place": place, "author_id": author_id}
        for book in books
        for place, author_id in enumerate(book.author_ids)
    ]


def _details(book: Book) -> dict[str, Parameter]:
    return {
        "id": book.id,
        "title": book.title,
        "title_key": sort_key(book.title).encode(),
        "isbn": book.isbn,
        "published_on": book.published_on,
        "language": book.language,
        "price_amount": book.price.amount if book.price else None,
        "price_currency": book.price.currency if book.price else None,
        "version": book.version,
        "updated_at": book.updated_at,
    }


def _book(row: Row) -> Book:
    amount = row["price_amount"]
    return Book(
        id=decode_id(row["id"]),
        title=row["title"],
        isbn=row["isbn"],
        published_on=decode_date(row["published_on"]),
        language=row["language"],
        price=None if amount is None else Price(amount, row["price_currency"]),
        author_ids=_author_ids(row["author_ids"]),
        version=row["version"],
        created_at=decode_time(row["created_at"]),
        updated_at=decode_time(row["updated_at"]),
    )


def _author_ids(joined: str) -> tuple[UUID, ...]:
    """Read `place:id,…`, which the stores put together in any order."""
    places = (entry.split(":") for entry in joined.split(","))
    return tuple(UUID(author_id) for _, author_id in sorted((int(p), i) for p, i in places))
