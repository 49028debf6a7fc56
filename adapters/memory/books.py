"""Books in memory."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from adapters.memory.lists import begin, page_of
from domain.catalogue.entities import Book
from domain.catalogue.errors import IsbnTaken
from domain.catalogue.queries import BookQuery, position_of
from domain.errors import Conflict
from domain.pagination import Page, PageRequest


class MemoryBooks:
    """The fake of Books; a copy of it is the working state of a transaction."""

    def __init__(
        self, books: dict[UUID, Book] | None = None, deleted: dict[UUID, datetime] | None = None
    ) -> None:
        self._books = books or {}
        self._deleted = deleted or {}

    def copy(self) -> "MemoryBooks":
        """Give an independent copy."""
        return MemoryBooks(dict(self._books), dict(self._deleted))

    async def add(self, books: Sequence[Book]) -> None:
        """Keep new books; where one is refused, the unit of work forgets the others."""
        for book in books:
            if book.id in self._books:
                raise Conflict("A key is taken already.")
            self._check_isbn(book)
            self._books[book.id] = book

    async def get(self, book_id: UUID) -> Book | None:
        """Look one up."""
        return None if book_id in self._deleted else self._books.get(book_id)

    # A transaction in memory has the whole state to itself.
    get_for_change = get

    async def taken(self, isbns: Collection[str]) -> frozenset[str]:
        """Give which are taken."""
        return frozenset(isbns) & {book.isbn for book in self._present() if book.isbn}

    async def save(self, book: Book) -> None:
        """Replace the book of the version before."""
        stored = await self.get(book.id)
        if stored is None or stored.version != book.version - 1:
            raise Conflict(f"Book {book.id} is no longer at version {book.version - 1}.")
        self._check_isbn(book)
        self._books[book.id] = book

    async def delete(self, book_id: UUID, deleted_at: datetime) -> None:
        """Mark one as deleted."""
        if book_id in self._books:
            self._deleted.setdefault(book_id, deleted_at)

    async def list(self, request: PageRequest, query: BookQuery) -> Page[Book]:
        """Give a page."""
        return page_of(
            [it for it in self._present() if _is_asked(it, query)],
            request,
            lambda book: position_of(book, query.sort),
            descending=query.descending,
        )

    async def count_by(self, author_id: UUID) -> int:
        """Count an author's books."""
        return sum(author_id in book.author_ids for book in self._present())

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Forget those deleted before then, the first deleted first."""
        oldest = sorted(self._deleted, key=lambda key: self._deleted[key])
        purged = [key for key in oldest if self._deleted[key] < deleted_before][:limit]
        for key in purged:
            del self._books[key], self._deleted[key]
        return len(purged)

    def _present(self) -> Sequence[Book]:
        return [book for key, book in self._books.items() if key not in self._deleted]

    def _check_isbn(self, book: Book) -> None:
        others = {other.isbn for other in self._present() if other.id != book.id}
        if book.isbn is not None and book.isbn in others:
            raise IsbnTaken(book.isbn)


def _is_asked(book: Book, query: BookQuery) -> bool:
    return (
        begin(book.title, query.words)
        and query.author_id in {None, *book.author_ids}
        and query.language in {None, book.language}
        and _is_published(book.published_on, query.published_from, query.published_to)
    )


def _is_published(on: date | None, first: date | None, last: date | None) -> bool:
    if on is None:
        return first is None and last is None
    return (first or date.min) <= on <= (last or date.max)
