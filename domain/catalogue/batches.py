"""Many books at once, all or none."""

from collections.abc import Sequence
from itertools import chain

from domain.callers import requires
from domain.catalogue.book_use_cases import BookUseCases, check_authors
from domain.catalogue.entities import Book, BookDetails
from domain.catalogue.errors import IsbnTaken
from domain.catalogue.events import book_created
from domain.catalogue.ports import CatalogueStores
from domain.errors import DomainError, InvalidBatch, InvalidValue
from domain.permissions import Permission

MAX_BATCH = 500


class BatchUseCases(BookUseCases):
    """The use-cases of many books."""

    @requires(Permission.CHANGE_CATALOGUE)
    async def create_books(self, items: Sequence[BookDetails]) -> list[Book]:
        """Add up to MAX_BATCH books in one transaction. Not safe to repeat, like `create_book`.

        Raises InvalidValue for a batch that is empty or too large, and InvalidBatch, which has the
        error of each refused item: InvalidValue or IsbnTaken.
        """
        if not 1 <= len(items) <= MAX_BATCH:
            raise InvalidValue("items", f"must be from 1 to {MAX_BATCH}")
        books, faults = self._new_books(items)

        async def create(stores: CatalogueStores) -> list[Book]:
            found = {**faults, **await _faults(stores, books)}
            if found:
                raise InvalidBatch(dict(sorted(found.items())))
            await _add(stores, books)
            events = [book_created(self._identifiers.new(), book) for book in books.values()]
            await stores.outbox.add(*events)
            return list(books.values())

        return await self._unit_of_work.run(create)

    def _new_books(
        self, items: Sequence[BookDetails]
    ) -> tuple[dict[int, Book], dict[int, DomainError]]:
        """Give the books that break no rule by themselves, and the errors of the others."""
        books: dict[int, Book] = {}
        faults: dict[int, DomainError] = {}
        owners: dict[str, int] = {}
        for index, details in enumerate(items):
            try:
                book = self._new_book(details)
                _check_first(book, index, owners)
                books[index] = book
            except InvalidValue as error:
                faults[index] = error
        return books, faults


def _check_first(book: Book, index: int, owners: dict[str, int]) -> None:
    if book.isbn is not None:
        first = owners.setdefault(book.isbn, index)
        if first != index:
            raise InvalidValue("isbn", f"is also that of item {first} of the batch")


async def _faults(stores: CatalogueStores, books: dict[int, Book]) -> dict[int, DomainError]:
    """Give what only the stores know to be wrong with the books."""
    authors = await stores.authors.hold(
        frozenset(chain.from_iterable(book.author_ids for book in books.values()))
    )
    taken = await stores.books.taken(frozenset(book.isbn for book in books.values() if book.isbn))
    faults: dict[int, DomainError] = {}
    for index, book in books.items():
        try:
            check_authors(book.author_ids, authors)
            if book.isbn in taken:
                faults[index] = IsbnTaken(book.isbn)
        except InvalidValue as error:
            faults[index] = error
    return faults


async def _add(stores: CatalogueStores, books: dict[int, Book]) -> None:
    try:
        await stores.books.add(list(books.values()))
    except IsbnTaken as error:
        # Somebody took it since it was looked up.
        faults = {index: error for index, book in books.items() if book.isbn == error.isbn}
        raise InvalidBatch(faults) from error
