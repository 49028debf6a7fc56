"""What people do with books."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from domain.callers import requires
from domain.catalogue.entities import Book, BookChanges, BookDetails
from domain.catalogue.events import book_changed, book_created, book_deleted
from domain.catalogue.ports import CatalogueStores
from domain.catalogue.queries import BookQuery, check_position
from domain.catalogue.resources import CatalogueResources
from domain.catalogue.values import Price, changed_price
from domain.entities import Expected, at_version, changed
from domain.errors import InvalidValue
from domain.pagination import Page, PageRequest
from domain.permissions import Permission


class BookUseCases(CatalogueResources):
    """The use-cases of one book, and of lists of books."""

    @requires(Permission.CHANGE_CATALOGUE)
    async def create_book(self, details: BookDetails) -> Book:
        """Add a book. Not safe to repeat, unless it has an ISBN: each call adds one.

        Raises InvalidValue for details that break a rule of books or name an author that there is
        not, and IsbnTaken.
        """
        book = self._new_book(details)
        event = book_created(self._identifiers.new(), book)

        async def create(stores: CatalogueStores) -> Book:
            await _hold_authors(stores, book.author_ids)
            await stores.books.add([book])
            await stores.outbox.add(event)
            return book

        return await self._unit_of_work.run(create)

    async def get_book(self, book_id: UUID) -> Book:
        """Give one book, from the cache where it is there; raises NotFound."""
        return await self._get(
            "book", self._book_cache, book_id, lambda stores: stores.books.get(book_id)
        )

    async def list_books(self, request: PageRequest, query: BookQuery | None = None) -> Page[Book]:
        """Give a page of the books that the query asks for; without one of all, oldest first.

        Raises InvalidValue for a position of a list that is sorted in another way. An author that
        there is not has no books.
        """
        asked = query or BookQuery()
        check_position(request.after, asked.sort)
        return await self._unit_of_work.read(lambda stores: stores.books.list(request, asked))

    @requires(Permission.CHANGE_CATALOGUE)
    async def replace_book(
        self, book_id: UUID, details: BookDetails, expected: Expected = None
    ) -> Book:
        """Change all details; otherwise like `change_book`."""
        return await self.change_book(book_id, {**details}, expected)

    @requires(Permission.CHANGE_CATALOGUE)
    async def change_book(
        self, book_id: UUID, changes: BookChanges, expected: Expected = None
    ) -> Book:
        """Change some details and give the book as it is then.

        Safe to repeat: details that are as asked already make no new version and no event.
        Raises NotFound, StaleVersion where the book is at none of the `expected` versions,
        InvalidValue as `create_book` does, and IsbnTaken.
        """

        async def change(stores: CatalogueStores) -> Book:
            found = await stores.books.get_for_change(book_id)
            before = at_version("book", book_id, found, expected)
            after, fields = changed(before, _with_whole_price(changes, before), self._clock.now())
            if not fields:
                return before
            if "author_ids" in fields:
                await _hold_authors(stores, after.author_ids)
            await stores.books.save(after)
            await stores.outbox.add(book_changed(self._identifiers.new(), after, fields))
            return after

        return await self._run_and_forget(self._book_cache, book_id, change)

    @requires(Permission.CHANGE_CATALOGUE)
    async def delete_book(self, book_id: UUID, expected: Expected = None) -> None:
        """Make a book absent.

        Raises NotFound, also when it is absent already, and StaleVersion where the book is at none
        of the `expected` versions.
        """

        async def delete(stores: CatalogueStores) -> None:
            found = await stores.books.get_for_change(book_id)
            book = at_version("book", book_id, found, expected)
            now = self._clock.now()
            await stores.books.delete(book_id, now)
            await stores.outbox.add(book_deleted(self._identifiers.new(), book, now))

        await self._run_and_forget(self._book_cache, book_id, delete)

    async def purge_books(self, deleted_before: datetime, *, batch_size: int = 500) -> int:
        """Remove for good what was deleted before then, batch by batch; gives how many.

        The system does so by itself, whoever calls.
        """
        return await self._purge(lambda stores: stores.books.purge(deleted_before, batch_size))

    def _new_book(self, details: BookDetails) -> Book:
        now = self._clock.now()
        return Book(
            id=self._identifiers.new(), version=1, created_at=now, updated_at=now, **details
        )


def _with_whole_price(changes: BookChanges, book: Book) -> Mapping[str, object]:
    price = changes.get("price")
    if price is None or isinstance(price, Price):
        return changes
    return {**changes, "price": changed_price(book.price, price)}


async def _hold_authors(stores: CatalogueStores, author_ids: Collection[UUID]) -> None:
    """Keep the authors from being deleted before their book is there."""
    check_authors(author_ids, await stores.authors.hold(author_ids))


def check_authors(author_ids: Collection[UUID], present: Collection[UUID]) -> None:
    """Raise InvalidValue, which names them, where some of the authors are not present."""
    missing = [str(author_id) for author_id in author_ids if author_id not in present]
    if missing:
        raise InvalidValue("author_ids", f"names who is no author: {', '.join(missing)}")
