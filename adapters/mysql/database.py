"""The MySQL database: its pool, opened and closed with the server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from adapters.mysql.address import MySQLAddress
from adapters.mysql.connection import MySQLConnection
from adapters.mysql.pool import Pool, connect
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
        pool = Pool(
            partial(connect, self._address, self._timeout), self._pool_size, self._pool_timeout
        )
        self._pool = pool
        try:
            async with self.reading() as connection:
                await check_revision("MySQL", connection)
            yield
        finally:
            self._pool = None
            await pool.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[MySQLConnection]:
        """Lend a connection."""
        pool = self._pool
        if pool is None:
            raise StoreUnavailable("MySQL", "its adapter is not open")
        connection = await pool.acquire()
        try:
            yield MySQLConnection(connection)
        finally:
            pool.release(connection)

    # A pool's connections are all alike.
    writing = reading

    async def ping(self) -> None:
        """Ask for one row, on a connection of the pool."""
        async with self.reading() as connection:
            await connection.fetch_one(PING, {})
