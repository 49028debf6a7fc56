"""What the use-cases of authors and of books have in common."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from domain.catalogue.entities import Author, Book
from domain.catalogue.ports import CatalogueStores
from domain.entities import AnyEntity, present
from domain.ports import Cache, Clock, Identifiers, UnitOfWork

Result = TypeVar("Result")

Unit = Callable[[CatalogueStores], Awaitable[Result]]


class CatalogueResources:
    """Holds the ports. Each change is one transaction that holds its event."""

    def __init__(
        self,
        unit_of_work: UnitOfWork[CatalogueStores],
        author_cache: Cache[Author],
        book_cache: Cache[Book],
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._author_cache = author_cache
        self._book_cache = book_cache
        self._clock = clock
        self._identifiers = identifiers

    async def _get(
        self, kind: str, cache: Cache[AnyEntity], identifier: UUID, query: Unit[AnyEntity | None]
    ) -> AnyEntity:
        """Give what the cache has, else what the query finds; raises NotFound for neither."""

        async def load() -> AnyEntity | None:
            return await self._unit_of_work.read(query)

        return present(kind, identifier, await cache.fetch(identifier, load))

    async def _run_and_forget(
        self, cache: Cache[AnyEntity], identifier: UUID, unit: Unit[Result]
    ) -> Result:
        """Run a change, behind which the cache forgets the value, whatever came of it."""
        try:
            return await self._unit_of_work.run(unit)
        finally:
            await cache.forget(identifier)

    async def _purge(self, purge_batch: Unit[int]) -> int:
        """Purge batch by batch, each in a transaction, until nothing is left; gives how many."""
        purged = 0
        while batch := await self._unit_of_work.run(purge_batch):
            purged += batch
        return purged
