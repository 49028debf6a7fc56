"""Ports that every feature shares. A port's docstring is its contract: adapters are held to it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from domain.events import Event

Stores_co = TypeVar("Stores_co", covariant=True)
Value = TypeVar("Value")
Result = TypeVar("Result")


class Clock(Protocol):
    """The present time."""

    def now(self) -> datetime:
        """Give the time in UTC, aware, to the microsecond."""
        ...


class Identifiers(Protocol):
    """A source of new identifiers."""

    def new(self) -> UUID:
        """Give a UUIDv7 (RFC 9562) greater than every one that this source gave before."""
        ...


class UnitOfWork(Protocol[Stores_co]):
    """Runs work on the stores that share one transaction.

    A feature names the stores that it needs in a protocol of its own, as the type parameter.
    """

    async def run(self, unit: Callable[[Stores_co], Awaitable[Result]]) -> Result:
        """Run `unit` in a transaction and commit it; on any exception, roll back and re-raise.

        Cancellation rolls back too, but never tears a commit that has begun. After a deadlock the
        whole unit runs again, so it must have no effect outside the stores that it is given.

        Raises StoreUnavailable when nothing was changed, OutcomeUnknown when the commit's answer
        was lost.
        """
        ...

    async def read(self, query: Callable[[Stores_co], Awaitable[Result]]) -> Result:
        """Run `query` outside a transaction: each statement sees what was committed before it.

        `query` must only read. It may run again after a lost connection.
        """
        ...


class Outbox(Protocol):
    """Events waiting to be delivered, kept in the transaction of the change that they tell of."""

    async def add(self, *events: Event) -> None:
        """Keep the events until a relay has delivered them, if the unit of work commits."""
        ...


class Cache(Protocol[Value]):
    """Values that can be loaded again, kept near for a while under their identifiers.

    A cache that is away is bypassed: no call raises StoreUnavailable.
    """

    async def fetch(
        self, identifier: UUID, load: Callable[[], Awaitable[Value | None]]
    ) -> Value | None:
        """Give the kept value, else what `load` gives, which is kept unless it is None.

        What `load` gives is not kept when `forget` was called for the identifier since `load`
        began, so a slow reader can't put an old value back. What `load` raises is raised.
        """
        ...

    async def forget(self, identifier: UUID) -> None:
        """Drop the value; call it after the commit of a change, whatever the commit's outcome.

        An entry that can't be dropped, because the cache is away, ends with its time to live.
        """
        ...
