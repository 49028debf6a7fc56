"""Transactions that roll back on any exception and whose commit no cancellation can tear."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from adapters.sql.connection import Aborted, Connection, Database

Result = TypeVar("Result")

# Upper bounds, in seconds, of the random pauses before a transaction runs again.
RETRY_PAUSES = (0.02, 0.1, 0.4)


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[Connection]:
    """Lend a connection in a transaction, which commits at the end of the block."""
    async with database.writing() as connection:
        try:
            await connection.begin()
            yield connection
            await _to_its_end(connection.commit())
        except BaseException:
            await _to_its_end(connection.rollback())
            raise


async def repeated(attempt: Callable[[], Awaitable[Result]]) -> Result:
    """Run `attempt`, again where the store aborts it; the last one's error is raised."""
    for pause in RETRY_PAUSES:
        try:
            return await attempt()
        except Aborted:
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - it spreads load, no more.
    return await attempt()


async def _to_its_end(awaitable: Awaitable[None]) -> None:
    """Await something to its end, also when cancelled meanwhile; then the cancellation goes on."""
    task = asyncio.ensure_future(awaitable)
    cancellation: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is not None:
        raise cancellation from task.exception()
    task.result()
