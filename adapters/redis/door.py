"""The door in Redis."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from adapters.redis.cache import FIND_OR_LEASE, SOMEBODYS_LEASE, LookUp, RedisCache
from adapters.redis.client import RedisClient
from adapters.redis.limiter import TAKE, RedisRateLimiter
from adapters.redis.scripts import Script, run
from domain.authentication.entities import Access
from domain.errors import StoreUnavailable
from domain.limits.entities import Charge, Verdict, judge
from domain.limits.ports import RateLimiter

# Where a limit refuses, nothing is looked for and no lease is left.
_SCRIPT = Script(
    TAKE
    + FIND_OR_LEASE
    + """
local count = #KEYS - 1
local answer, fit = take(count)
if fit then
    answer[#KEYS] = find_or_lease(KEYS[#KEYS], ARGV[#ARGV - 1], ARGV[#ARGV])
end
return answer
"""
)

Load = Callable[[], Awaitable[Access | None]]


class RedisDoor:
    """Asks the limiter and the cache by one script, in one round trip.

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
        asked = None if account_id is None else self._cache.look_up(account_id)
        try:
            verdicts, found = await self._ask(charges, asked)
        except StoreUnavailable:
            verdicts, found = await self._spare.take(charges), SOMEBODYS_LEASE
        if asked is None or not all(verdict.allowed for verdict in verdicts):
            return verdicts, None
        return verdicts, await self._cache.value_of(asked, found, load)

    async def _ask(
        self, charges: Sequence[Charge], asked: LookUp | None
    ) -> tuple[list[Verdict], bytes]:
        """Give the verdicts, and what is under the key: nobody's lease, where they refuse."""
        if asked is None:
            return await self._limiter.take(charges) if charges else [], SOMEBODYS_LEASE
        (keys, numbers), (key, lease) = self._limiter.arguments(charges), asked.arguments()
        async with self._client.commands() as redis:
            await self._cache.forget_what_was_left(redis)
            answer = await run(redis, _SCRIPT, [*keys, *key], [*numbers, *lease])
        backlogs, found = answer[: len(charges)], answer[len(charges) :]
        return judge(charges, backlogs), found[0] if found else SOMEBODYS_LEASE
