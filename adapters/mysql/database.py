"""The MySQL database: its pool, opened and closed with the server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiomysql

from adapters.mysql.address import MySQLAddress
from adapters.mysql.connection import MYSQL_TIME, MySQLConnection
from adapters.mysql.errors import translated_connect_errors
from adapters.mysql.pool import Pool, create_pool
from adapters.sql.schema import check_revision
from adapters.sql.statements import PING
from domain.errors import StoreUnavailable


class MySQLDatabase:
    """Lends connections of a pool, for transactions and for single reads alike.

    `timeout` bounds one call and `pool_timeout` the wait for a connection, in seconds.
    """

    technology = "MySQL"

    def __init__(
        self, address: MySQLAddress, *, pool_size: int, timeout: float, pool_timeout: float
    ) -> None:
        self._address = address
        self._pool_size = pool_size
        self._timeout = timeout
        self._pool_timeout = pool_timeout
        self._pool: Pool | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connect; raises StoreUnavailable and, for a schema of other code, StoreNotReady."""
        self._pool = create_pool(self._address, size=self._pool_size, timeout=self._timeout)
        try:
            async with self.reading() as connection:
                await check_revision("MySQL", connection)
            yield
        finally:
            await self._close(self._pool)
            self._pool = None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[MySQLConnection]:
        """Lend a connection."""
        pool = self._pool
        if pool is None:
            raise StoreUnavailable("MySQL", "its adapter is not open")
        connection = await self._acquire(pool)
        try:
            yield MySQLConnection(connection, self._timeout)
        finally:
            pool.release(connection)

    # A pool's connections are all alike.
    writing = reading

    async def ping(self) -> None:
        """Ask for one row, on a connection of the pool."""
        async with self.reading() as connection:
            await connection.fetch_one(PING, {})

    async def _acquire(self, pool: Pool) -> aiomysql.Connection:
        try:
            async with asyncio.timeout(self._pool_timeout):
                with MYSQL_TIME, translated_connect_errors(self._address):
                    return await pool.acquire()
        except TimeoutError as error:
            reason = f"no connection came free within {self._pool_timeout} s"
            raise StoreUnavailable("MySQL", reason) from error

    async def _close(self, pool: Pool) -> None:
        pool.close()
        try:
            async with asyncio.timeout(self._pool_timeout):
                await pool.wait_closed()
        except TimeoutError:
            pool.terminate()
