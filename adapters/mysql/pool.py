"""The connections to one MySQL database: how each is set up, and who has which."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

from pymysql.constants import CLIENT

from adapters.mysql.address import MySQLAddress
from adapters.mysql.driver import Connection
from adapters.mysql.errors import translated_connect_errors
from adapters.mysql.places import Places
from adapters.mysql.results import CHARSET
from adapters.mysql.timing import MYSQL_TIME
from domain.errors import StoreUnavailable

# Seconds without use after which a connection is not trusted any more: a firewall may have
# forgotten it, and nobody would be told.
LONGEST_REST = 1800

# One statement sets up a session of either server: each runs the comments that are meant for it
# alone. Under READ COMMITTED a claim on the outbox locks no gap that a new event needs.
_SESSION = """
SET SESSION time_zone = '+00:00',
    SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION',
    SESSION innodb_lock_wait_timeout = {lock_seconds}
    /*!80000 , SESSION transaction_isolation = 'READ-COMMITTED' */
    /*!80000 , SESSION max_execution_time = {milliseconds} */
    /*M!100100 , SESSION tx_isolation = 'READ-COMMITTED' */
    /*M!100100 , SESSION max_statement_time = {seconds} */
"""


class Pool:
    """At most `size` connections, each of which is made when no other is free.

    aiomysql's own (0.3.2) starts a task for each connection that comes back, and none for one that
    was closed, though a place became free: whoever waits for it would wait for ever.

    `patience` is the number of seconds to wait for a connection, its making included.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], size: int, patience: float
    ) -> None:
        self._connect = connect
        self._size = size
        self._patience = patience
        self._places = Places(size, patience)
        # With when each came back. The last goes out first: those that nobody needs may rest.
        self._free: list[tuple[Connection, float]] = []
        self._lent: set[Connection] = set()
        self._is_closed = False

    async def acquire(self) -> Connection:
        """Lend a connection; raises StoreUnavailable, and what connecting raises."""
        ends = asyncio.get_running_loop().time() + self._patience
        if not self._places.take():
            await self._wait()
        try:
            connection = self._rested() or await self._make(ends)
        except BaseException:
            self._places.give_back()
            raise
        self._lent.add(connection)
        return connection

    def release(self, connection: Connection) -> None:
        """Take a connection back; one that can't be used again is closed."""
        self._lent.discard(connection)
        if connection.is_sound() and not self._is_closed:
            self._free.append((connection, time.monotonic()))
        else:
            connection.close()
        self._places.give_back()

    async def close(self) -> None:
        """Close all connections; those that are lent, when they come back or patience ends."""
        self._is_closed = True
        while self._free:
            self._free.pop()[0].close()
        try:
            async with asyncio.timeout(self._patience):
                for _ in range(self._size):
                    if not self._places.take():
                        await self._places.wait()
        except TimeoutError:
            for connection in self._lent:
                connection.close()

    async def _wait(self) -> None:
        try:
            with MYSQL_TIME:
                await self._places.wait()
        except TimeoutError as error:
            raise self._exhausted() from error

    async def _make(self, ends: float) -> Connection:
        try:
            async with asyncio.timeout_at(ends):
                with MYSQL_TIME:
                    return await self._connect()
        except TimeoutError as error:
            raise self._exhausted() from error

    def _exhausted(self) -> StoreUnavailable:
        return StoreUnavailable("MySQL", f"no connection came free within {self._patience} s")

    def _rested(self) -> Connection | None:
        """Give a free connection that still is one; close those that are not."""
        while self._free:
            connection, since = self._free.pop()
            if connection.is_sound() and time.monotonic() - since < LONGEST_REST:
                return connection
            connection.close()
        return None


async def connect(address: MySQLAddress, deadline: float) -> Connection:
    """Make a connection whose calls end after `deadline` seconds; whoever asks has one too.

    Raises StoreUnavailable, and StoreNotReady for what only an operator can mend.

    The server ends a statement then too, so that one whose client gave up does not run on, and
    gives up a lock that is not free before that, so that whoever waits is told so on a connection
    that stays whole.
    """
    seconds = math.ceil(deadline)
    connection = Connection(
        deadline,
        **address.connect_arguments(),
        db=address.database,
        charset=CHARSET,
        autocommit=True,
        # The second is for what goes along with the next statement; aiomysql sets it in any case.
        client_flag=CLIENT.FOUND_ROWS | CLIENT.MULTI_STATEMENTS,
        init_command=_SESSION.format(
            seconds=seconds,
            milliseconds=seconds * 1000,
            # MySQL looks once a second whether a wait is over, and takes no less than 1.
            lock_seconds=max(1, seconds - 2),
        ),
    )
    with translated_connect_errors(address):
        await connection.connect()
    return connection
