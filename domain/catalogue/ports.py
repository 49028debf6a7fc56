"""What the catalogue's use-cases ask of the outside."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.catalogue.entities import Author
from domain.ports import Outbox


class Authors(Protocol):
    """The authors. One that was deleted is absent for every method but `purge`."""

    async def add(self, author: Author) -> None:
        """Keep a new author; raises Conflict when its id is taken."""
        ...

    async def get(self, author_id: UUID) -> Author | None:
        """Give the author, or None."""
        ...

    async def get_for_change(self, author_id: UUID) -> Author | None:
        """Give the author, or None; nobody else can change it before this unit of work ends."""
        ...

    async def save(self, author: Author) -> None:
        """Replace the kept author, whose version must be one less; else raises Conflict."""
        ...

    async def delete(self, author_id: UUID, deleted_at: datetime) -> None:
        """Make the author absent; an absent one stays so."""
        ...

    async def list(self, after: UUID | None, limit: int) -> list[Author]:
        """Give at most `limit` authors with ids greater than `after`, in the order of ids."""
        ...

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Remove for good at most `limit` authors deleted before then; gives how many."""
        ...


class CatalogueStores(Protocol):
    """The stores of the catalogue that share a unit of work."""

    @property
    def authors(self) -> Authors:
        """The authors."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Where a change leaves its event."""
        ...
