"""What the contract of the rate limiter doesn't say of Redis."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from adapters.redis.client import RedisClient
from adapters.redis.limiter import RedisRateLimiter
from domain.errors import StoreUnavailable
from domain.limits.entities import Charge, Limit, Verdict
from domain.limits.ports import RateLimiter
from tests.servers.redis import Redis as RedisServer

TIMEOUT_SECONDS = 0.5
PATIENT_SECONDS = 10

LIMIT = Limit("read", 5, 86_400)
KEY = "imflask:limit:read:192.0.2.1"

# Commands as INFO counts them, without a trip of their own; and what resets the counts.
WITHIN_THE_SCRIPT = {"cmdstat_get", "cmdstat_set", "cmdstat_time", "cmdstat_config|resetstat"}


class Monotonic:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def server(restartable_redis: RedisServer) -> Iterator[RedisServer]:
    restartable_redis.start()
    yield restartable_redis
    restartable_redis.resume()


@pytest.fixture
def monotonic() -> Monotonic:
    return Monotonic()


@pytest.fixture
async def limiter(server: RedisServer, monotonic: Monotonic) -> AsyncIterator[RedisRateLimiter]:
    client = RedisClient(server.uri, timeout=TIMEOUT_SECONDS, monotonic=monotonic)
    async with client.opened():
        yield RedisRateLimiter(client)


@pytest.fixture
async def redis(server: RedisServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(server.uri, legacy_responses=False) as redis:
        await redis.flushall()
        yield redis


async def take(limiter: RateLimiter, limit: Limit = LIMIT, caller: str = "192.0.2.1") -> Verdict:
    (verdict,) = await limiter.take([Charge(limit, caller)])
    return verdict


async def test_two_processes_at_once_let_exactly_the_quota_through(
    server: RedisServer, redis: Redis
) -> None:
    del redis
    limit = Limit("crowded", 100, 86_400)
    first = RedisClient(server.uri, timeout=PATIENT_SECONDS)
    second = RedisClient(server.uri, timeout=PATIENT_SECONDS)
    async with first.opened(), second.opened():
        limiters = [RedisRateLimiter(first), RedisRateLimiter(second)] * 100
        verdicts = await asyncio.gather(*(take(limiter, limit) for limiter in limiters))

    assert sum(verdict.allowed for verdict in verdicts) == 100


async def test_keys_have_their_prefix_and_end_when_all_is_back(
    limiter: RedisRateLimiter, redis: Redis
) -> None:
    for _ in range(3):
        verdict = await take(limiter)
        left = await redis.pttl(KEY) / 1000
        assert verdict.reset_after - PATIENT_SECONDS < left <= verdict.reset_after + 0.001

    assert [key async for key in redis.scan_iter()] == [KEY.encode()]


async def test_a_refusal_writes_nothing(limiter: RedisRateLimiter, redis: Redis) -> None:
    for _ in range(5):
        await take(limiter)
    before = await redis.get(KEY)

    await take(limiter)
    await limiter.take([Charge(LIMIT, "192.0.2.1"), Charge(LIMIT, "192.0.2.2")])

    assert await redis.get(KEY) == before
    assert await redis.dbsize() == 1


async def test_a_take_is_one_command(limiter: RedisRateLimiter, redis: Redis) -> None:
    charges = [Charge(LIMIT, f"192.0.2.{number}") for number in range(5)]
    await limiter.take(charges)
    await redis.config_resetstat()

    for _ in range(3):
        await limiter.take(charges)

    sent = await redis.info("commandstats")
    trips = {name: sent[name]["calls"] for name in sent.keys() - WITHIN_THE_SCRIPT}
    assert trips == {"cmdstat_evalsha": 3}


async def test_a_script_that_the_server_lost_is_sent_again(
    limiter: RedisRateLimiter, redis: Redis
) -> None:
    remaining = []
    for _ in range(3):
        remaining.append((await take(limiter)).remaining)
        await redis.script_flush()

    assert remaining == [4, 3, 2]


async def test_a_time_that_lies_too_far_ahead_holds_nobody_up_longer_than_the_limit(
    limiter: RedisRateLimiter, redis: Redis
) -> None:
    """As where the server's clock was set back by a year."""
    await redis.set(KEY, (int(time.time()) + 31_536_000) * 1_000_000)

    refused = await take(limiter)

    assert not refused.allowed
    assert refused.retry_after == 86_400 / 5
    assert refused.reset_after == 86_400


@pytest.mark.parametrize("found", [b"", b"nonsense", b"\xff\x00", b"{}", b"-1"])
async def test_what_cannot_be_read_is_nothing_spent(
    limiter: RedisRateLimiter, redis: Redis, found: bytes
) -> None:
    await redis.set(KEY, found)

    assert [(await take(limiter)).remaining for _ in range(2)] == [4, 3]


async def test_a_server_that_is_away_says_so(
    limiter: RedisRateLimiter, server: RedisServer
) -> None:
    await take(limiter)
    await asyncio.to_thread(server.kill)

    with pytest.raises(StoreUnavailable):
        await take(limiter)
