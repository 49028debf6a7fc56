"""Authors in memory."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from adapters.memory.lists import begin, page_of
from domain.catalogue.entities import Author
from domain.catalogue.queries import AuthorQuery, position_of
from domain.errors import Conflict
from domain.pagination import Page, PageRequest


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

    async def hold(self, author_ids: Collection[UUID]) -> frozenset[UUID]:
        """Give which are there."""
        return frozenset(author_ids) & (self._authors.keys() - self._deleted.keys())

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

    async def list(self, request: PageRequest, query: AuthorQuery) -> Page[Author]:
        """Give a page."""
        present = [author for key, author in self._authors.items() if key not in self._deleted]
        return page_of(
            [author for author in present if begin(author.name, query.words)],
            request,
            lambda author: position_of(author, query.sort),
            descending=query.descending,
        )

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Forget those deleted before then, the first deleted first."""
        oldest = sorted(self._deleted, key=lambda key: self._deleted[key])
        purged = [key for key in oldest if self._deleted[key] < deleted_before][:limit]
        for key in purged:
            del self._authors[key], self._deleted[key]
        return len(purged)
