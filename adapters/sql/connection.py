"""What a SQL technology offers to the statements and to the unit of work."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from adapters.sql.statements import Statement
from adapters.sql.values import Parameters, Row
from domain.errors import StoreUnavailable


class Aborted(StoreUnavailable):
    """The store gave the transaction up, or the connection was lost before its commit began.

    Nothing of the transaction was kept, so the whole of it may run again.
    """


class Deadlock(Aborted):
    """Transactions waited for one another, and this one was given up so that another can go on."""


class LockTimeout(StoreUnavailable):
    """Another transaction held what a statement needs for longer than the store waits."""


class Connection(Protocol):
    """One connection. Every call has a deadline.

    Errors are translated: Conflict for a key that is taken, Aborted for what may run again,
    LockTimeout for a lock that another transaction keeps, StoreUnavailable for a store that does
    not answer in time. A bug in a statement stays the driver's own error.
    """

    async def execute(self, statement: Statement, parameters: Parameters) -> int:
        """Run a statement; gives the number of rows that it found to change."""
        ...

    async def insert(self, statement: Statement, rows: Sequence[Parameters]) -> None:
        """Insert rows, some hundred in one round trip.

        The statement inserts one, and ends with its `VALUES (…)` where MySQL runs it. A deadline
        is that of all rows.
        """
        ...

    async def execute_later(self, statement: Statement, parameters: Parameters) -> None:
        """Run a statement that nobody asks how many rows it found; else as `insert_later` does."""
        ...

    async def insert_later(self, statement: Statement, rows: Sequence[Parameters]) -> None:
        """Insert rows that nobody reads before the commit, in the round trip of what comes next.

        That is the transaction's next call, its commit at the latest, which raises the errors of
        this one as well. A technology without round trips inserts at once.
        """
        ...

    async def fetch_one(self, statement: Statement, parameters: Parameters) -> Row | None:
        """Give the first row, or None."""
        ...

    async def fetch_all(self, statement: Statement, parameters: Parameters) -> list[Row]:
        """Give all rows; the statement has a LIMIT, or its table is small."""
        ...


class TransactionalConnection(Connection, Protocol):
    """A connection that can hold a transaction."""

    async def begin(self) -> None:
        """Begin a transaction that may write."""
        ...

    async def commit(self) -> None:
        """Commit; raises OutcomeUnknown when the answer was lost, Aborted when it was refused."""
        ...

    async def rollback(self) -> None:
        """Undo; a connection that can't is closed, which undoes too. Never raises."""
        ...


class Database(Protocol):
    """Lends connections. Each method raises StoreUnavailable when none is free in time."""

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """Lend a connection for reads outside a transaction."""
        ...

    def writing(self) -> AbstractAsyncContextManager[TransactionalConnection]:
        """Lend a connection for one transaction."""
        ...
