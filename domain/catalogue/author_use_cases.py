"""What people do with authors."""

from datetime import datetime
from uuid import UUID

from domain.callers import requires
from domain.catalogue.entities import Author, AuthorChanges, AuthorDetails
from domain.catalogue.errors import AuthorHasBooks, BookTitle
from domain.catalogue.events import author_changed, author_created, author_deleted
from domain.catalogue.ports import Books, CatalogueStores
from domain.catalogue.queries import AuthorQuery, BookQuery, check_position
from domain.catalogue.resources import CatalogueResources
from domain.entities import Expected, at_version, changed
from domain.pagination import Page, PageRequest
from domain.permissions import Permission

# How many of an author's books the refusal to delete it names.
BOOKS_NAMED = 10


class AuthorUseCases(CatalogueResources):
    """The use-cases of authors."""

    @requires(Permission.CHANGE_CATALOGUE)
    async def create_author(self, details: AuthorDetails) -> Author:
        """Add an author. Not safe to repeat: each call adds one.

        Raises InvalidValue for details that break a rule of authors.
        """
        now = self._clock.now()
        author = Author(
            id=self._identifiers.new(), version=1, created_at=now, updated_at=now, **details
        )
        event = author_created(self._identifiers.new(), author)

        async def create(stores: CatalogueStores) -> Author:
            await stores.authors.add(author)
            await stores.outbox.add(event)
            return author

        return await self._unit_of_work.run(create)

    async def get_author(self, author_id: UUID) -> Author:
        """Give one author, from the cache where it is there; raises NotFound."""
        return await self._get(
            "author", self._author_cache, author_id, lambda stores: stores.authors.get(author_id)
        )

    async def list_authors(
        self, request: PageRequest, query: AuthorQuery | None = None
    ) -> Page[Author]:
        """Give a page of the authors that the query asks for; without one of all, oldest first.

        Raises InvalidValue for a position of a list that is sorted in another way.
        """
        asked = query or AuthorQuery()
        check_position(request.after, asked.sort)
        return await self._unit_of_work.read(lambda stores: stores.authors.list(request, asked))

    @requires(Permission.CHANGE_CATALOGUE)
    async def replace_author(
        self, author_id: UUID, details: AuthorDetails, expected: Expected = None
    ) -> Author:
        """Change all details; otherwise like `change_author`."""
        return await self.change_author(author_id, {**details}, expected)

    @requires(Permission.CHANGE_CATALOGUE)
    async def change_author(
        self, author_id: UUID, changes: AuthorChanges, expected: Expected = None
    ) -> Author:
        """Change some details and give the author as it is then.

        Safe to repeat: details that are as asked already make no new version and no event.
        Raises NotFound, StaleVersion where the author is at none of the `expected` versions, and
        InvalidValue for details that break a rule of authors.
        """

        async def change(stores: CatalogueStores) -> Author:
            found = await stores.authors.get_for_change(author_id)
            before = at_version("author", author_id, found, expected)
            after, fields = changed(before, changes, self._clock.now())
            if not fields:
                return before
            await stores.authors.save(after)
            await stores.outbox.add(author_changed(self._identifiers.new(), after, fields))
            return after

        return await self._run_and_forget(self._author_cache, author_id, change)

    @requires(Permission.CHANGE_CATALOGUE)
    async def delete_author(self, author_id: UUID, expected: Expected = None) -> None:
        """Make an author absent.

        Raises NotFound, also when it is absent already, StaleVersion where the author is at none
        of the `expected` versions, and AuthorHasBooks.
        """

        async def delete(stores: CatalogueStores) -> None:
            # Who adds a book holds its authors, so none is added from here on.
            found = await stores.authors.get_for_change(author_id)
            author = at_version("author", author_id, found, expected)
            await _check_has_no_books(stores.books, author_id)
            now = self._clock.now()
            await stores.authors.delete(author_id, now)
            await stores.outbox.add(author_deleted(self._identifiers.new(), author, now))

        await self._run_and_forget(self._author_cache, author_id, delete)

    async def purge_authors(self, deleted_before: datetime, *, batch_size: int = 500) -> int:
        """Remove for good what was deleted before then, batch by batch; gives how many.

        The system does so by itself, whoever calls.
        """
        return await self._purge(lambda stores: stores.authors.purge(deleted_before, batch_size))


async def _check_has_no_books(books: Books, author_id: UUID) -> None:
    count = await books.count_by(author_id)
    if count:
        first = await books.list(PageRequest(BOOKS_NAMED), BookQuery(author_id=author_id))
        titles = [BookTitle(book.id, book.title) for book in first.items]
        raise AuthorHasBooks(author_id, titles, count)
