"""What people do with the catalogue."""

from datetime import datetime
from uuid import UUID

from domain.catalogue.entities import Author, AuthorChanges, AuthorDetails
from domain.catalogue.events import author_changed, author_created, author_deleted
from domain.catalogue.ports import CatalogueStores
from domain.entities import Expected, at_version, differing, next_version, present
from domain.pagination import Page, PageRequest
from domain.ports import Cache, Clock, Identifiers, UnitOfWork


class Catalogue:
    """The use-cases of authors. Each change is one transaction that holds its event."""

    def __init__(
        self,
        unit_of_work: UnitOfWork[CatalogueStores],
        author_cache: Cache[Author],
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._author_cache = author_cache
        self._clock = clock
        self._identifiers = identifiers

    async def create_author(self, details: AuthorDetails) -> Author:
        """Add an author. Not safe to repeat: each call adds one.

        Raises InvalidValue for details that break a rule of authors.
        """
        now = self._clock.now()
        author = Author(
            id=self._identifiers.new(), version=1, created_at=now, updated_at=now, **details
        )
        created = author_created(self._identifiers.new(), author)

        async def create(stores: CatalogueStores) -> Author:
            await stores.authors.add(author)
            await stores.outbox.add(created)
            return author

        return await self._unit_of_work.run(create)

    async def get_author(self, author_id: UUID) -> Author:
        """Give one author, from the cache where it is there; raises NotFound."""

        async def load() -> Author | None:
            return await self._unit_of_work.read(lambda stores: stores.authors.get(author_id))

        return present("author", author_id, await self._author_cache.fetch(author_id, load))

    async def list_authors(self, page: PageRequest) -> Page[Author]:
        """Give a page of authors, oldest first."""
        found = await self._unit_of_work.read(
            lambda stores: stores.authors.list(page.after, page.limit + 1)
        )
        return Page.of(found, page.limit, lambda author: author.id)

    async def replace_author(
        self, author_id: UUID, details: AuthorDetails, expected: Expected = None
    ) -> Author:
        """Change all details; otherwise like `change_author`."""
        return await self.change_author(author_id, {**details}, expected)

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
            author = at_version("author", author_id, found, expected)
            fields = differing(author, changes)
            if not fields:
                return author
            changed = next_version(author, changes, self._clock.now())
            await stores.authors.save(changed)
            await stores.outbox.add(author_changed(self._identifiers.new(), changed, fields))
            return changed

        try:
            return await self._unit_of_work.run(change)
        finally:
            await self._author_cache.forget(author_id)

    async def delete_author(self, author_id: UUID, expected: Expected = None) -> None:
        """Make an author absent.

        Raises NotFound, also when it is absent already, and StaleVersion where the author is at
        none of the `expected` versions.
        """

        async def delete(stores: CatalogueStores) -> None:
            found = await stores.authors.get_for_change(author_id)
            author = at_version("author", author_id, found, expected)
            now = self._clock.now()
            await stores.authors.delete(author_id, now)
            await stores.outbox.add(author_deleted(self._identifiers.new(), author, now))

        try:
            await self._unit_of_work.run(delete)
        finally:
            await self._author_cache.forget(author_id)

    async def purge_authors(self, deleted_before: datetime, *, batch_size: int = 500) -> int:
        """Remove for good what was deleted before then, batch by batch; gives how many."""
        purged = 0
        while batch := await self._unit_of_work.run(
            lambda stores: stores.authors.purge(deleted_before, batch_size)
        ):
            purged += batch
        return purged
