"""What counts while the limiter that should is away."""

from collections.abc import Sequence

from domain.errors import StoreUnavailable
from domain.limits.entities import Charge, Verdict
from domain.limits.ports import RateLimiter


class FallbackRateLimiter:
    """Asks `first`, and `second` for each request to which `first` gives no answer.

    Each counts what it is asked for alone. A caller who is at a limit of one may so spend the other
    anew, once, when they change over.
    """

    def __init__(self, first: RateLimiter, second: RateLimiter) -> None:
        self._first = first
        self._second = second

    async def take(self, charges: Sequence[Charge]) -> list[Verdict]:
        """Make the charges where there is an answer."""
        try:
            return await self._first.take(charges)
        except StoreUnavailable:
            return await self._second.take(charges)
