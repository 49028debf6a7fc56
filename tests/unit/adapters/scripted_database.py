"""A SQL database that does as a test tells it, and keeps what it was asked for."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager

from adapters.sql.statements import Statement
from adapters.sql.values import Parameters, Row
from tests.unit.fakes import no_trouble

Trouble = Callable[[], Awaitable[None]]


class ScriptedDatabase:
    """Lends one connection. `calls` are the names of what was asked for, in order.

    `troubles` has, for a name, what is awaited at each call: the first at the first call and so on.
    `rows` are the answers to queries.
    """

    def __init__(self, **troubles: list[Trouble]) -> None:
        self.calls: list[str] = []
        self.rows: list[Row | None] = []
        self._troubles: dict[str, Iterator[Trouble]] = {
            name: iter(troubles_of_one) for name, troubles_of_one in troubles.items()
        }

    @asynccontextmanager
    async def writing(self) -> AsyncIterator["ScriptedDatabase"]:
        await self._call("lend")
        try:
            yield self
        finally:
            self.calls.append("take back")

    reading = writing

    async def begin(self) -> None:
        await self._call("begin")

    async def commit(self) -> None:
        await self._call("commit")

    async def rollback(self) -> None:
        await self._call("rollback")

    async def execute(self, _statement: Statement, _parameters: Parameters) -> int:
        await self._call("execute")
        return 1

    async def insert(self, _statement: Statement, _rows: Sequence[Parameters]) -> None:
        await self._call("execute")

    insert_later = insert

    async def execute_later(self, _statement: Statement, _parameters: Parameters) -> None:
        await self._call("execute")

    async def fetch_one(self, _statement: Statement, _parameters: Parameters) -> Row | None:
        await self._call("fetch")
        return self.rows.pop(0) if self.rows else None

    async def fetch_all(self, _statement: Statement, _parameters: Parameters) -> list[Row]:
        await self._call("fetch")
        return [row for row in self.rows if row is not None]

    async def _call(self, name: str) -> None:
        self.calls.append(name)
        await next(self._troubles.get(name, iter(())), no_trouble)()
