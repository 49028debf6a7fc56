"""A door that asks for its two things one after the other."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from domain.authentication.entities import Access
from domain.limits.entities import Charge, Verdict
from domain.limits.ports import RateLimiter
from domain.ports import Cache


class SeparateDoor:
    """A Door over a limiter and a cache that are near, or apart from one another."""

    def __init__(self, limiter: RateLimiter, cache: Cache[Access]) -> None:
        self._limiter = limiter
        self._cache = cache

    async def enter(
        self,
        charges: Sequence[Charge],
        account_id: UUID | None,
        load: Callable[[], Awaitable[Access | None]],
    ) -> tuple[list[Verdict], Access | None]:
        """Make the charges; where they pass, look at the cache."""
        verdicts = await self._limiter.take(charges)
        if account_id is None or not all(verdict.allowed for verdict in verdicts):
            return verdicts, None
        return verdicts, await self._cache.fetch(account_id, load)
