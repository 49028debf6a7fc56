"""Authors in memory."""

from datetime import datetime
from uuid import UUID

from domain.catalogue.entities import Author
from domain.errors import Conflict


class MemoryAuthors:
    """The fake of Authors; a copy of it is the working state of a transaction."""

    def __init__(
        self, authors: dict[UUID, Author] | None = None, deleted: dict[UUID, datetime] | None = None
    ) -> None:
        self._authors = authors or {}
        self._deleted = deleted or {}

    def copy(self) -> "MemoryAuthors":
        """Give an independent copy."""
        return MemoryAuthors(dict(self._authors), dict(self._deleted))

    async def add(self, author: Author) -> None:
        """Keep a new author."""
        if author.id in self._authors:
            raise Conflict("A key is taken already.")
        self._authors[author.id] = author

    async def get(self, author_id: UUID) -> Author | None:
        """Look one up."""
        return None if author_id in self._deleted else self._authors.get(author_id)

    # A transaction in memory has the whole state to itself.
    get_for_change = get

    async def save(self, author: Author) -> None:
        """Replace the author of the version before."""
        stored = await self.get(author.id)
        if stored is None or stored.version != author.version - 1:
            raise Conflict(f"Author {author.id} is no longer at version {author.version - 1}.")
        self._authors[author.id] = author

    async def delete(self, author_id: UUID, deleted_at: datetime) -> None:
        """Mark one as deleted."""
        if author_id in self._authors:
            self._deleted.setdefault(author_id, deleted_at)

    async def list(self, after: UUID | None, limit: int) -> list[Author]:
        """Give the authors behind a key."""
        present = sorted(self._authors.keys() - self._deleted.keys())
        behind = [key for key in present if after is None or key > after]
        return [self._authors[key] for key in behind[:limit]]

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Forget those deleted before then, the first deleted first."""
        oldest = sorted(self._deleted, key=lambda key: self._deleted[key])
        purged = [key for key in oldest if self._deleted[key] < deleted_before][:limit]
        for key in purged:
            del self._authors[key], self._deleted[key]
        return len(purged)
