"""aiomysql's pool, with its faults cured and its sessions set up."""

import asyncio
import math

import aiomysql
from pymysql.constants import CLIENT, FIELD_TYPE
from pymysql.converters import conversions

from adapters.mysql.address import MySQLAddress

RECYCLE_TIME = 1800

# Dates and times stay text: adapters.sql.values decodes them, alike for every dialect.
_CONVERSIONS = {
    key: convert
    for key, convert in conversions.items()
    if key not in {FIELD_TYPE.DATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP}
}

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


class Pool(aiomysql.Pool):  # type: ignore[misc] # aiomysql ships no types.
    """A pool that wakes a waiter also when a closed connection comes back.

    As shipped (0.3.2), `release` wakes nobody then, though a place became free: the next waiter
    hangs, and so does `wait_closed`.
    """

    def release(self, connection: aiomysql.Connection) -> "asyncio.Future[None]":
        """Take a connection back."""
        released: asyncio.Future[None] = super().release(connection)
        if connection.closed:
            return self._loop.create_task(self._wakeup())  # type: ignore[no-any-return]
        return released


def create_pool(address: MySQLAddress, *, size: int, timeout: float) -> Pool:
    """Make a pool of at most `size` connections on the running loop; it connects when asked.

    Connecting has no deadline of its own: whoever acquires has one.

    The server ends a statement after `timeout` seconds, so that one whose client gave up does not
    run on, and gives up a lock that is not free before that, so that whoever waits is told so on
    a connection that stays whole.
    """
    seconds = math.ceil(timeout)
    return Pool(
        minsize=0,
        maxsize=size,
        echo=False,
        pool_recycle=RECYCLE_TIME,
        loop=asyncio.get_running_loop(),
        **address.connect_arguments(),
        db=address.database,
        charset="utf8mb4",
        autocommit=True,
        client_flag=CLIENT.FOUND_ROWS,
        conv=_CONVERSIONS,
        init_command=_SESSION.format(
            seconds=seconds,
            milliseconds=seconds * 1000,
            # MySQL looks once a second whether a wait is over, and takes no less than 1.
            lock_seconds=max(1, seconds - 2),
        ),
    )
