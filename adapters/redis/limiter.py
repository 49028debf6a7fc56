"""The rate limiter in Redis."""

from collections.abc import Sequence

from adapters.redis.client import RedisClient
from adapters.redis.scripts import Call, Script, run
from domain.limits.entities import Charge, Verdict, judge

# Under each key is the time of the server's clock, in microseconds, at which all that was spent
# is back; the key ends then. A time beyond the greatest backlog comes of a clock that was set back,
# or of a limit that was higher once. Lua's own way to write numbers would round such times.
_TAKE = Script("""
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local backlogs, fit = {}, true
for i, key in ipairs(KEYS) do
    local interval, capacity = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    local whole_at = tonumber(redis.call('GET', key) or now) or now
    local backlog = math.min(math.max(0, whole_at - now), capacity)
    backlogs[i] = backlog
    fit = fit and backlog + interval <= capacity
end
if fit then
    for i, key in ipairs(KEYS) do
        local backlog = backlogs[i] + tonumber(ARGV[2 * i - 1])
        local whole_at = string.format('%.0f', now + backlog)
        redis.call('SET', key, whole_at, 'PX', math.ceil(backlog / 1000))
    end
end
return backlogs
""")


class RedisRateLimiter:
    """Counts under `limit:<name>:<caller>`, for all processes on the same Redis.

    A take is one round trip, which `adapters.redis.door` shares: `call` makes what is sent and
    `judge` reads the answer; neither knows how it travels.
    """

    def __init__(self, client: RedisClient) -> None:
        self._client = client

    async def take(self, charges: Sequence[Charge]) -> list[Verdict]:
        """Make the charges, within the client's deadline; raises StoreUnavailable."""
        async with self._client.commands() as redis:
            (backlogs,) = await run(redis, self.call(charges))
        return judge(charges, backlogs)

    def call(self, charges: Sequence[Charge]) -> Call:
        """Give the call whose answer is the callers' backlogs."""
        keys = [self._client.key("limit", charge.limit.name, charge.caller) for charge in charges]
        numbers = [(charge.limit.interval, charge.limit.capacity) for charge in charges]
        return Call(_TAKE, keys, [number for pair in numbers for number in pair])
