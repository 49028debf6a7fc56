"""The door in Redis."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from adapters.redis.cache import SOMEBODYS_LEASE, LookUp, RedisCache
from adapters.redis.client import RedisClient
from adapters.redis.limiter import RedisRateLimiter
from adapters.redis.scripts import run
from domain.authentication.entities import Access
from domain.errors import StoreUnavailable
from domain.limits.entities import Charge, Verdict, judge
from domain.limits.ports import RateLimiter

Load = Callable[[], Awaitable[Access | None]]


class RedisDoor:
    """Asks the limiter and the cache in one round trip.

    While the server is away, `spare` counts, and what decides about an account is loaded each time.
    """

    def __init__(
        self,
        client: RedisClient,
        limiter: RedisRateLimiter,
        cache: RedisCache[Access],
        spare: RateLimiter,
    ) -> None:
        self._client = client
        self._limiter = limiter
        self._cache = cache
        self._spare = spare

    async def enter(
        self, charges: Sequence[Charge], account_id: UUID | None, load: Load
    ) -> tuple[list[Verdict], Access | None]:
        """Ask Redis once, and again only to keep what was loaded."""
        if account_id is None:
            verdicts, _ = await self._ask(charges, None)
            return verdicts, None
        asked = self._cache.look_up(account_id)
        verdicts, found = await self._ask(charges, asked)
        if not all(verdict.allowed for verdict in verdicts):
            await self._cache.leave(asked, found)
            return verdicts, None
        return verdicts, await self._cache.value_of(asked, found, load)

    async def _ask(
        self, charges: Sequence[Charge], asked: LookUp | None
    ) -> tuple[list[Verdict], bytes]:
        calls = [self._limiter.call(charges)] if charges else []
        looks = [asked.call] if asked else []
        if not calls and not looks:
            return [], SOMEBODYS_LEASE
        try:
            async with self._client.commands() as redis:
                await self._cache.forget_what_was_left(redis)
                answers = await run(redis, *calls, *looks)
        except StoreUnavailable:
            return await self._spare.take(charges), SOMEBODYS_LEASE
        found = answers[-1] if asked else SOMEBODYS_LEASE
        return judge(charges, answers[0] if charges else []), found
