"""Transactions in memory."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from adapters.memory.authors import MemoryAuthors
from adapters.memory.books import MemoryBooks
from adapters.memory.kept_answers import MemoryKeptAnswers
from adapters.memory.outbox import MemoryOutbox

Result = TypeVar("Result")


class MemoryStores:
    """The stores that share a transaction. A new resource adds its line to both methods."""

    def __init__(
        self,
        authors: MemoryAuthors | None = None,
        books: MemoryBooks | None = None,
        outbox: MemoryOutbox | None = None,
        kept_answers: MemoryKeptAnswers | None = None,
    ) -> None:
        self.authors = authors or MemoryAuthors()
        self.books = books or MemoryBooks()
        self.outbox = outbox or MemoryOutbox()
        self.pending_events = self.outbox
        self.kept_answers = kept_answers or MemoryKeptAnswers()

    def copy(self) -> "MemoryStores":
        """Give an independent copy."""
        return MemoryStores(
            self.authors.copy(), self.books.copy(), self.outbox.copy(), self.kept_answers.copy()
        )


class MemoryUnitOfWork:
    """The fake of UnitOfWork: a unit works on a copy, which a commit puts in place."""

    def __init__(self, on_events: Callable[[], None] = lambda: None) -> None:
        self._committed = MemoryStores()
        self._writer = asyncio.Lock()
        self._on_events = on_events

    async def run(self, unit: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        """Run `unit` on a copy of the state."""
        async with self._writer:
            working = self._committed.copy()
            result = await unit(working)
            self._committed = working
        if working.outbox.has_added:
            self._on_events()
        return result

    async def read(self, query: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        """Run `query` on the committed state."""
        return await query(self._committed)
