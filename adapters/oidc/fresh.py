"""Values that are asked for once, and again when they are old."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from adapters.oidc.client import ExchangeFailed

Value = TypeVar("Value")

# Seconds: what a provider changes counts here after so long at the latest.
LIFE = 3600.0
# Seconds until a value is asked for again because it did not do, and until a failure is forgotten.
RENEWAL_REST = 60.0
FAILURE_REST = 2.0


class Fresh(Generic[Value]):
    """A value that is loaded at its first use, kept for LIFE, and loaded by one at a time.

    While the failure of a load is fresh it is everybody's: those who waited for one that ran into
    its deadline don't run into it one after the other.
    """

    def __init__(
        self,
        load: Callable[[], Awaitable[Value]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._monotonic = monotonic
        self._loading = asyncio.Lock()
        self._loaded: tuple[Value, float] | None = None
        self._failed: tuple[str, float] | None = None

    async def get(self) -> Value:
        """Give the value; raises ExchangeFailed."""
        return await self._younger_than(LIFE)

    async def renewed(self) -> Value:
        """Give a value that is no older than RENEWAL_REST; raises ExchangeFailed."""
        return await self._younger_than(RENEWAL_REST)

    async def _younger_than(self, age: float) -> Value:
        async with self._loading:
            now = self._monotonic()
            if self._loaded is not None and now - self._loaded[1] < age:
                return self._loaded[0]
            if self._failed is not None and now - self._failed[1] < FAILURE_REST:
                raise ExchangeFailed(self._failed[0])
            try:
                value = await self._load()
            except ExchangeFailed as error:
                self._failed = (str(error), self._monotonic())
                raise
            self._loaded, self._failed = (value, self._monotonic()), None
            return value
