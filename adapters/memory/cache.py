"""A cache in the process's own memory."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from uuid import UUID

Value = TypeVar("Value")


class MemoryCache(Generic[Value]):
    """The fake of Cache, and the embedded cache: right only where one process changes the values.

    Values stay for `ttl` seconds at most; the one used longest ago goes when there are more than
    `max_entries`. The first reader that misses a value holds the lease of its identifier, which
    `forget` ends, and only what was loaded under a lease that lasts is kept.
    """

    def __init__(
        self,
        ttl: float,
        *,
        max_entries: int = 10_000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ttl = ttl
        self._max_entries = max_entries
        self._monotonic = monotonic
        self._entries: OrderedDict[UUID, tuple[Value, float]] = OrderedDict()
        self._leases: dict[UUID, object] = {}

    async def fetch(
        self, identifier: UUID, load: Callable[[], Awaitable[Value | None]]
    ) -> Value | None:
        """Give the entry's value, else load it."""
        value = self._find(identifier)
        if value is None:
            value = await self._load(identifier, load)
        return value

    async def forget(self, identifier: UUID) -> None:
        """Drop the entry and end the lease."""
        self._entries.pop(identifier, None)
        self._leases.pop(identifier, None)

    def _find(self, identifier: UUID) -> Value | None:
        value, expires_at = self._entries.get(identifier, (None, 0.0))
        if self._monotonic() >= expires_at:
            self._entries.pop(identifier, None)
            return None
        self._entries.move_to_end(identifier)
        return value

    async def _load(
        self, identifier: UUID, load: Callable[[], Awaitable[Value | None]]
    ) -> Value | None:
        lease = object()
        self._leases.setdefault(identifier, lease)
        try:
            value = await load()
            if value is not None and self._leases.get(identifier) is lease:
                self._keep(identifier, value)
            return value
        finally:
            if self._leases.get(identifier) is lease:
                del self._leases[identifier]

    def _keep(self, identifier: UUID, value: Value) -> None:
        self._entries[identifier] = (value, self._monotonic() + self._ttl)
        self._entries.move_to_end(identifier)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)
