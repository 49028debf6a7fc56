"""The rate limiter in Redis."""

from collections.abc import Sequence
from hashlib import sha1

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from adapters.redis.client import RedisClient
from domain.limits.entities import Charge, Verdict, judge

# Under each key is the time of the server's clock, in microseconds, at which all that was spent
# is back; the key ends then. A time beyond the greatest backlog comes of a clock that was set back,
# or of a limit that was higher once. Lua's own way to write numbers would round such times.
_TAKE = """
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
"""
# It names the script to the server, and protects nothing.
_TAKE_SHA = sha1(_TAKE.encode(), usedforsecurity=False).hexdigest()


class RedisRateLimiter:
    """Counts under `limit:<name>:<caller>`, for all processes on the same Redis.

    A take is one round trip, by a script. What else the service must ask Redis before a view, such
    as the state of a session, can share it: as one more command in a `pipeline(transaction=False)`
    around EVALSHA, or as one more key of the script and value of its answer. `_arguments` makes
    what is sent and `judge` reads the answer; neither knows how it travels. (A `Script` of redis-py
    in a pipeline costs a trip of its own, SCRIPT EXISTS.)
    """

    def __init__(self, client: RedisClient) -> None:
        self._client = client

    async def take(self, charges: Sequence[Charge]) -> list[Verdict]:
        """Make the charges, within the client's deadline; raises StoreUnavailable."""
        arguments = self._arguments(charges)
        async with self._client.commands() as redis:
            backlogs = await _run(redis, len(charges), arguments)
        return judge(charges, backlogs)

    def _arguments(self, charges: Sequence[Charge]) -> list[str]:
        keys = [self._client.key("limit", charge.limit.name, charge.caller) for charge in charges]
        numbers = [(charge.limit.interval, charge.limit.capacity) for charge in charges]
        return keys + [str(number) for pair in numbers for number in pair]


async def _run(redis: Redis, keys: int, arguments: Sequence[str]) -> list[int]:
    """Run the script; a server that was started anew is sent it again."""
    try:
        backlogs: list[int] = await redis.evalsha(_TAKE_SHA, keys, *arguments)
    except NoScriptError:
        backlogs = await redis.eval(_TAKE, keys, *arguments)
    return backlogs
