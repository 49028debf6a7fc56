"""One MySQL connection."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiomysql
from pymysql.err import Error

from adapters.mysql.cursor import Cursor
from adapters.mysql.errors import translated_commit_errors, translated_errors
from adapters.sql.statements import Statement
from adapters.sql.values import Parameters, Row, encode
from domain.errors import OutcomeUnknown, StoreUnavailable
from domain.timing import TimedStore

logger = logging.getLogger(__name__)

MYSQL_TIME = TimedStore("MySQL")


class MySQLConnection:
    """A connection whose calls each end after `timeout` seconds.

    aiomysql closes a connection whose call was cancelled, by a deadline too, so what comes back
    to the pool is never in the middle of an answer.
    """

    def __init__(self, connection: aiomysql.Connection, timeout: float) -> None:
        self._connection = connection
        self._timeout = timeout

    async def execute(self, statement: Statement, parameters: Parameters) -> int:
        """Run a statement."""
        async with self._cursor() as cursor:
            return int(await cursor.execute(statement.mysql, encode(parameters)))

    async def insert(self, statement: Statement, rows: Sequence[Parameters]) -> None:
        """Insert rows; the driver puts as many into one statement as 1 MB holds."""
        async with self._cursor() as cursor:
            await cursor.executemany(statement.mysql, [encode(row) for row in rows])

    async def fetch_one(self, statement: Statement, parameters: Parameters) -> Row | None:
        """Give the first row."""
        rows = await self.fetch_all(statement, parameters)
        return rows[0] if rows else None

    async def fetch_all(self, statement: Statement, parameters: Parameters) -> list[Row]:
        """Give all rows."""
        async with self._cursor() as cursor:
            await cursor.execute(statement.mysql, encode(parameters))
            rows: list[Row] = await cursor.fetchall()
            return rows

    async def begin(self) -> None:
        """Begin a transaction."""
        async with self._deadline():
            with translated_errors():
                await self._connection.begin()

    async def commit(self) -> None:
        """Commit."""
        try:
            async with asyncio.timeout(self._timeout):
                with MYSQL_TIME, translated_commit_errors():
                    await self._connection.commit()
        except TimeoutError as error:
            reason = f"no answer to a commit within {self._timeout} s"
            raise OutcomeUnknown("MySQL", reason) from error

    async def rollback(self) -> None:
        """Undo; where the server does not answer, close, and it undoes when it sees that."""
        if self._connection.closed:
            return
        try:
            async with asyncio.timeout(self._timeout):
                with MYSQL_TIME:
                    await self._connection.rollback()
        except (Error, OSError, TimeoutError) as error:
            logger.warning("A rollback got no answer, so its connection was closed: %s", error)
            self._connection.close()

    @asynccontextmanager
    async def _cursor(self) -> AsyncIterator[aiomysql.Cursor]:
        async with self._deadline():
            with translated_errors():
                async with self._connection.cursor(Cursor) as cursor:
                    yield cursor

    @asynccontextmanager
    async def _deadline(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout):
                with MYSQL_TIME:
                    yield
        except TimeoutError as error:
            raise StoreUnavailable("MySQL", f"no answer within {self._timeout} s") from error
