"""The rate limiter in Redis."""

from collections.abc import Sequence

from adapters.redis.client import RedisClient
from adapters.redis.scripts import Script, run
from domain.limits.entities import Charge, Verdict, judge

# Under each key is the time of the server's clock, in microseconds, at which all that was spent
# is back; the key ends then. A time beyond the greatest backlog comes of a clock that was set back,
# or of a limit that was higher once. Lua's own way to write numbers would round such times.
TAKE = """
local function take(count)
    local clock = redis.call('TIME')
    local now = clock[1] * 1000000 + clock[2]
    local backlogs, fit = {}, true
    for i = 1, count do
        local interval, capacity = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
        local whole_at = tonumber(redis.call('GET', KEYS[i]) or now) or now
        local backlog = math.min(math.max(0, whole_at - now), capacity)
        backlogs[i] = backlog
        fit = fit and backlog + interval <= capacity
    end
    if fit then
        for i = 1, count do
            local backlog = backlogs[i] + tonumber(ARGV[2 * i - 1])
            local whole_at = string.format('%.0f', now + backlog)
            redis.call('SET', KEYS[i], whole_at, 'PX', math.ceil(backlog / 1000))
        end
    end
    return backlogs, fit
end
"""
_SCRIPT = Script(TAKE + "local backlogs = take(#KEYS)\nreturn backlogs\n")


class RedisRateLimiter:
    """Counts under `limit:<name>:<caller>`, for all processes on the same Redis.

    A take is one round trip, which `adapters.redis.door` shares: its script has TAKE in it, and
    `arguments` makes what that is sent.
    """

    def __init__(self, client: RedisClient) -> None:
        self._client = client

    async def take(self, charges: Sequence[Charge]) -> list[Verdict]:
        """Make the charges, within the client's deadline; raises StoreUnavailable."""
        async with self._client.commands() as redis:
            backlogs = await run(redis, _SCRIPT, *self.arguments(charges))
        return judge(charges, backlogs)

    def arguments(self, charges: Sequence[Charge]) -> tuple[list[str], list[int]]:
        """Give the keys and the numbers that TAKE takes first."""
        keys = [self._client.key("limit", charge.limit.name, charge.caller) for charge in charges]
        numbers = [(charge.limit.interval, charge.limit.capacity) for charge in charges]
        return keys, [number for pair in numbers for number in pair]
