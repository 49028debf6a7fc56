"""The embedded database: one file, one writer, some readers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from adapters.sql.migrations import latest_revision
from adapters.sql.schema import check_revision, stored_revision
from adapters.sql.statements import PING
from adapters.sqlite.connection import SQLITE_TIME, SQLiteConnection
from adapters.sqlite.lock import FileLock
from adapters.sqlite.migrations import migrate_held
from domain.errors import StoreUnavailable

READERS = 3


class SQLiteDatabase:
    """Lends the writer to one transaction at a time, and readers beside it.

    `timeout` bounds one call and `pool_timeout` the wait for a connection, in seconds.
    """

    technology = "SQLite"

    def __init__(self, path: Path, *, timeout: float, pool_timeout: float) -> None:
        self._path = path
        self._timeout = timeout
        self._pool_timeout = pool_timeout
        self._writers: asyncio.Queue[SQLiteConnection] = asyncio.Queue()
        self._readers: asyncio.Queue[SQLiteConnection] = asyncio.Queue()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Make this process the file's only user, bring its schema up to date and connect.

        It may be opened again, on another event loop too, when it has been closed.
        Raises StoreNotReady when another process uses the file, or its schema is of later code.
        """
        self._writers, self._readers = asyncio.Queue(), asyncio.Queue()
        async with AsyncExitStack() as stack:
            await asyncio.to_thread(stack.enter_context, FileLock(self._path).held())
            writer = await self._connect(stack, read_only=False)
            await self._bring_up_to_date(writer)
            self._writers.put_nowait(writer)
            for _ in range(READERS):
                self._readers.put_nowait(await self._connect(stack, read_only=True))
            yield

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SQLiteConnection]:
        """Lend a reader."""
        async with self._lent(self._readers) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[SQLiteConnection]:
        """Lend the writer."""
        async with self._lent(self._writers) as connection:
            yield connection

    async def ping(self) -> None:
        """Ask for one row, on a reader."""
        async with self.reading() as connection:
            await connection.fetch_one(PING, {})

    async def _connect(self, stack: AsyncExitStack, *, read_only: bool) -> SQLiteConnection:
        connection = await SQLiteConnection.open(
            self._path, deadline=self._timeout, read_only=read_only
        )
        stack.push_async_callback(connection.close)
        return connection

    async def _bring_up_to_date(self, connection: SQLiteConnection) -> None:
        if (await stored_revision(connection) or "") < latest_revision():
            await asyncio.to_thread(migrate_held, self._path)
        await check_revision("SQLite", connection)

    @asynccontextmanager
    async def _lent(
        self, connections: asyncio.Queue[SQLiteConnection]
    ) -> AsyncIterator[SQLiteConnection]:
        try:
            async with asyncio.timeout(self._pool_timeout):
                with SQLITE_TIME:
                    connection = await connections.get()
        except TimeoutError as error:
            reason = f"no connection came free within {self._pool_timeout} s"
            raise StoreUnavailable("SQLite", reason) from error
        try:
            yield connection
        finally:
            connections.put_nowait(connection)
