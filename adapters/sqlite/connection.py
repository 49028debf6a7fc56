"""One SQLite connection on a thread of its own."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import aiosqlite

from adapters.sql.statements import Statement
from adapters.sql.values import Parameters, Row, encode
from adapters.sqlite.errors import translated_errors
from domain.errors import DomainError, OutcomeUnknown, StoreUnavailable
from domain.timing import TimedStore

logger = logging.getLogger(__name__)

SQLITE_TIME = TimedStore("SQLite")

# WAL lets reads go on beside a write; FULL makes an acknowledged commit outlive a power cut.
_PRAGMAS = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
"""


class SQLiteConnection:
    """A connection whose calls each end after `timeout` seconds.

    The calls of one connection queue up on its thread, so the one after a cancelled call starts
    when that has really ended.
    """

    def __init__(self, connection: aiosqlite.Connection, timeout: float) -> None:
        self._connection = connection
        self._timeout = timeout

    @classmethod
    async def open(cls, path: Path, *, deadline: float, read_only: bool) -> Self:
        """Open the file, which is made where it is missing."""
        with translated_errors():
            connection = await aiosqlite.connect(path, timeout=deadline, isolation_level=None)
            try:
                await connection.executescript(_PRAGMAS)
                await connection.execute(f"PRAGMA query_only = {read_only:d}")
            except BaseException:
                # Else its thread would keep the process from ending.
                await connection.close()
                raise
        # The driver's types know classes only; sqlite3 takes any callable.
        connection.row_factory = _as_dict  # type: ignore[assignment]
        return cls(connection, deadline)

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await self._connection.close()

    async def execute(self, statement: Statement, parameters: Parameters) -> int:
        """Run a statement."""
        async with self._deadline():
            cursor = await self._connection.execute(statement.sqlite, encode(parameters))
            await cursor.close()
            return cursor.rowcount

    async def execute_later(self, statement: Statement, parameters: Parameters) -> None:
        """Run a statement, now: it goes no long way."""
        await self.execute(statement, parameters)

    async def insert(self, statement: Statement, rows: Sequence[Parameters]) -> None:
        """Insert rows."""
        async with self._deadline():
            await self._connection.executemany(statement.sqlite, [encode(row) for row in rows])

    insert_later = insert

    async def fetch_one(self, statement: Statement, parameters: Parameters) -> Row | None:
        """Give the first row."""
        rows = await self.fetch_all(statement, parameters)
        return rows[0] if rows else None

    async def fetch_all(self, statement: Statement, parameters: Parameters) -> list[Row]:
        """Give all rows."""
        async with self._deadline():
            rows = await self._connection.execute_fetchall(statement.sqlite, encode(parameters))
            # The row factory makes dictionaries, which the driver's types can't know.
            return list(rows)  # type: ignore[arg-type]

    async def begin(self) -> None:
        """Take the file's one place for a writer."""
        async with self._deadline():
            await self._connection.execute("BEGIN IMMEDIATE")

    async def commit(self) -> None:
        """Commit to the disk, which nobody can interrupt: past the deadline it may still end."""
        try:
            async with asyncio.timeout(self._timeout):
                with SQLITE_TIME, translated_errors():
                    await self._connection.execute("COMMIT")
        except TimeoutError as error:
            reason = f"no answer to a commit within {self._timeout} s"
            raise OutcomeUnknown("SQLite", reason) from error

    async def rollback(self) -> None:
        """Undo, where there is a transaction when the calls before this one have really ended."""
        try:
            async with self._deadline():
                await self._connection.rollback()
        except (DomainError, sqlite3.Error):
            logger.exception("A rollback failed; the next transaction will say why.")

    @asynccontextmanager
    async def _deadline(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout):
                with SQLITE_TIME, translated_errors():
                    yield
        except TimeoutError as error:
            await self._connection.interrupt()
            raise StoreUnavailable("SQLite", f"no answer within {self._timeout} s") from error


def _as_dict(cursor: sqlite3.Cursor, values: tuple[object, ...]) -> dict[str, object]:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}
