"""What the contract of the door doesn't say of Redis."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from redis.asyncio import Redis

from adapters.memory.limiter import MemoryRateLimiter
from adapters.redis.cache import RedisCache
from adapters.redis.client import REST_SECONDS, RedisClient
from adapters.redis.door import RedisDoor
from adapters.redis.limiter import RedisRateLimiter
from domain.authentication.entities import Access
from domain.limits.entities import Charge, Limit, Verdict
from domain.permissions import Role
from tests.servers.redis import Redis as RedisServer

TIMEOUT_SECONDS = 0.5
TTL_SECONDS = 600

LIMIT = Limit("read", 5, 86_400)
CHARGES = [Charge(LIMIT, "192.0.2.1")]
ACCOUNT = UUID("01900000-0000-7000-8000-000000000001")
ACCESS = Access(account_id=ACCOUNT, role=Role.EDITOR, sessions={})


class Monotonic:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Truth:
    """What the truth says of the account; it counts how often it is asked."""

    def __init__(self) -> None:
        self.access: Access | None = ACCESS
        self.asked = 0

    async def __call__(self) -> Access | None:
        self.asked += 1
        return self.access


@pytest.fixture
def server(restartable_redis: RedisServer) -> Iterator[RedisServer]:
    restartable_redis.start()
    yield restartable_redis
    restartable_redis.resume()


@pytest.fixture
def monotonic() -> Monotonic:
    return Monotonic()


@pytest.fixture
async def redis(server: RedisServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(server.uri, legacy_responses=False) as redis:
        await redis.flushall()
        yield redis


@pytest.fixture
async def client(
    server: RedisServer, redis: Redis, monotonic: Monotonic
) -> AsyncIterator[RedisClient]:
    client = RedisClient(server.uri, timeout=TIMEOUT_SECONDS, monotonic=monotonic)
    async with client.opened():
        yield client


@pytest.fixture
def cache(client: RedisClient) -> RedisCache[Access]:
    return RedisCache(client, "access", Access, ttl=TTL_SECONDS)


@pytest.fixture
def door(client: RedisClient, cache: RedisCache[Access]) -> RedisDoor:
    return RedisDoor(client, RedisRateLimiter(client), cache, MemoryRateLimiter())


@pytest.fixture
def truth() -> Truth:
    return Truth()


async def take(door: RedisDoor, caller: str = "192.0.2.1") -> Verdict:
    async def nothing() -> None:
        """Load nothing."""

    (verdict,), _ = await door.enter([Charge(LIMIT, caller)], None, nothing)
    return verdict


async def test_limits_and_a_cached_access_are_one_round_trip(
    door: RedisDoor, truth: Truth, monkeypatch: pytest.MonkeyPatch
) -> None:
    await door.enter(CHARGES, ACCOUNT, truth)
    written: list[bytes] = []
    write = asyncio.StreamWriter.writelines
    sent = asyncio.StreamWriter.write

    def writelines(writer: asyncio.StreamWriter, data: list[bytes]) -> None:
        written.append(b"".join(data))
        write(writer, data)

    def write_one(writer: asyncio.StreamWriter, data: bytes) -> None:
        written.append(data)
        sent(writer, data)

    monkeypatch.setattr(asyncio.StreamWriter, "writelines", writelines)
    monkeypatch.setattr(asyncio.StreamWriter, "write", write_one)

    verdicts, access = await door.enter(CHARGES, ACCOUNT, truth)

    assert (verdicts[0].remaining, access, truth.asked) == (3, ACCESS, 1)
    assert b"".join(written).count(b"EVALSHA") == 1
    assert len(written) == 1


async def test_a_server_that_was_emptied_or_forgot_the_scripts_is_asked_all_the_same(
    door: RedisDoor, truth: Truth, redis: Redis
) -> None:
    await door.enter(CHARGES, ACCOUNT, truth)
    await redis.script_flush()

    verdicts, access = await door.enter(CHARGES, ACCOUNT, truth)

    assert (verdicts[0].remaining, access, truth.asked) == (3, ACCESS, 1)


async def test_what_was_revoked_does_not_come_back_with_an_empty_server(
    door: RedisDoor, cache: RedisCache[Access], truth: Truth, redis: Redis
) -> None:
    assert (await door.enter([], ACCOUNT, truth))[1] == ACCESS
    truth.access = replace(ACCESS, role=Role.READER)
    await cache.forget(ACCOUNT)
    assert (await door.enter([], ACCOUNT, truth))[1] == truth.access

    await redis.flushall()

    assert (await door.enter([], ACCOUNT, truth))[1] == truth.access


async def test_what_was_revoked_while_the_server_was_away_does_not_come_back_with_it(
    door: RedisDoor,
    cache: RedisCache[Access],
    truth: Truth,
    server: RedisServer,
    monotonic: Monotonic,
) -> None:
    assert (await door.enter([], ACCOUNT, truth))[1] == ACCESS
    server.pause()

    truth.access = None
    await cache.forget(ACCOUNT)
    assert (await door.enter([], ACCOUNT, truth))[1] is None

    server.resume()
    monotonic.seconds += REST_SECONDS
    assert (await door.enter([], ACCOUNT, truth))[1] is None


async def test_a_refusal_leaves_no_lease_behind(
    door: RedisDoor, truth: Truth, redis: Redis
) -> None:
    for _ in range(5):
        await take(door)

    await door.enter(CHARGES, ACCOUNT, truth)

    assert [key async for key in redis.scan_iter(match="*access*")] == []


async def test_without_the_server_the_truth_is_asked_and_each_process_counts_alone(
    door: RedisDoor, truth: Truth, server: RedisServer, monotonic: Monotonic
) -> None:
    assert [(await take(door)).remaining for _ in range(2)] == [4, 3]
    await asyncio.to_thread(server.kill)

    entered = [await door.enter(CHARGES, ACCOUNT, truth) for _ in range(7)]

    assert [verdict.allowed for (verdict,), _ in entered] == [True] * 5 + [False] * 2
    assert [access for _, access in entered] == [ACCESS] * 5 + [None] * 2
    assert truth.asked == 5

    await asyncio.to_thread(server.start)
    monotonic.seconds += REST_SECONDS
    assert (await take(door)).remaining == 4


async def test_a_server_that_hangs_costs_one_caller_the_deadline(
    door: RedisDoor, server: RedisServer
) -> None:
    await take(door)
    server.pause()
    begun = time.monotonic()

    for number in range(20):
        assert (await take(door, f"caller {number}")).allowed

    assert time.monotonic() - begun < 10 * TIMEOUT_SECONDS
