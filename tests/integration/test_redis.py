"""What the contract of the cache doesn't say of Redis."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from redis.asyncio import Redis

from adapters.redis.cache import LEASE_SECONDS, TTL_JITTER, RedisCache
from adapters.redis.client import REST_SECONDS, RedisClient
from domain.catalogue.entities import Author
from domain.errors import NotFound, StoreNotReady, StoreUnavailable
from tests.contracts.examples import Loader, SlowLoader, new_author
from tests.servers.host import free_port
from tests.servers.redis import Redis as RedisServer

TTL_SECONDS = 600
TIMEOUT_SECONDS = 0.5
PATIENT_SECONDS = 10


class Monotonic:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True, slots=True)
class OtherAuthor:
    """An author as other code knows it."""

    id: UUID
    pen_name: str


@pytest.fixture
def server(restartable_redis: RedisServer) -> Iterator[RedisServer]:
    restartable_redis.start()
    yield restartable_redis
    restartable_redis.resume()


@pytest.fixture
def monotonic() -> Monotonic:
    return Monotonic()


@pytest.fixture
async def client(server: RedisServer, monotonic: Monotonic) -> AsyncIterator[RedisClient]:
    client = RedisClient(server.uri, timeout=TIMEOUT_SECONDS, monotonic=monotonic)
    async with client.opened():
        yield client


@pytest.fixture
def cache(client: RedisClient) -> RedisCache[Author]:
    return RedisCache(client, "author", Author, ttl=TTL_SECONDS)


@pytest.fixture
async def redis(server: RedisServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(server.uri, legacy_responses=False) as redis:
        await redis.flushall()
        yield redis


async def test_a_server_that_is_away_is_named_in_time() -> None:
    port = free_port()
    client = RedisClient(f"redis://:secret@127.0.0.1:{port}/0", timeout=TIMEOUT_SECONDS)
    begun = time.monotonic()

    with pytest.raises(StoreUnavailable, match=f"Redis is unavailable: .*127.0.0.1:{port}"):
        async with client.opened():
            pass

    assert time.monotonic() - begun < 10 * TIMEOUT_SECONDS


async def test_a_refused_password_is_named_with_its_remedy(server: RedisServer) -> None:
    client = RedisClient(
        f"redis://nobody:secret@127.0.0.1:{server.port}/0", timeout=PATIENT_SECONDS
    )

    with pytest.raises(StoreNotReady, match=r"authentication failed.*FLASK_REDIS_URI") as caught:
        async with client.opened():
            pass

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("uri", ["redis://:secret/part@127.0.0.1:6379", "http://127.0.0.1", "x"])
async def test_a_uri_that_cannot_be_read_is_refused_without_showing_it(uri: str) -> None:
    with pytest.raises(StoreNotReady, match="FLASK_REDIS_URI") as caught:
        async with RedisClient(uri, timeout=TIMEOUT_SECONDS).opened():
            pass

    assert "secret" not in str(caught.value)


async def test_a_cache_whose_client_is_not_open_is_bypassed() -> None:
    client = RedisClient("redis://127.0.0.1:6379/0", timeout=TIMEOUT_SECONDS)
    cache = RedisCache(client, "author", Author, ttl=TTL_SECONDS)
    author = new_author()

    await cache.forget(author.id)

    assert await cache.fetch(author.id, Loader(author)) == author


async def test_keys_are_namespaced_and_end_with_a_jittered_time_to_live(
    cache: RedisCache[Author], redis: Redis
) -> None:
    authors = [new_author() for _ in range(20)]
    for author in authors:
        await cache.fetch(author.id, Loader(author))

    keys = sorted([key.decode() async for key in redis.scan_iter()])
    assert [key.rpartition(":")[2] for key in keys] == [str(author.id) for author in authors]
    assert {tuple(key.split(":")[:2]) for key in keys} == {("imflask", "author")}
    lives = [await redis.pttl(key) / 1000 for key in keys]
    assert min(lives) > TTL_SECONDS * (1 - TTL_JITTER) - PATIENT_SECONDS
    assert max(lives) <= TTL_SECONDS * (1 + TTL_JITTER)
    assert max(lives) - min(lives) > 1


async def test_a_lease_ends_by_itself(cache: RedisCache[Author], redis: Redis) -> None:
    author = new_author()
    load = SlowLoader(author)
    reader = asyncio.create_task(cache.fetch(author.id, load))
    await load.begun.wait()

    [key] = [key async for key in redis.scan_iter()]
    assert 0 < await redis.pttl(key) <= LEASE_SECONDS * 1000
    await redis.delete(key)
    load.go_on.set()

    assert await reader == author
    assert await redis.dbsize() == 0


async def test_another_schema_has_other_keys(
    cache: RedisCache[Author], client: RedisClient
) -> None:
    author = new_author()
    await cache.fetch(author.id, Loader(author))
    other = OtherAuthor(author.id, "Ōe")

    async def load() -> OtherAuthor:
        return other

    after = RedisCache(client, "author", OtherAuthor, ttl=TTL_SECONDS)

    assert await after.fetch(author.id, load) == other
    assert await cache.fetch(author.id, Loader(None)) == author


@pytest.mark.parametrize("found", [b"", b"{}", b"\xff\x00", b'{"id": 1}', b"null"])
async def test_what_cannot_be_read_is_a_miss(
    cache: RedisCache[Author], redis: Redis, found: bytes
) -> None:
    author = new_author()
    await cache.fetch(author.id, Loader(author))
    [key] = [key async for key in redis.scan_iter()]
    await redis.set(key, found)

    load = Loader(author)
    assert [await cache.fetch(author.id, load) for _ in range(3)] == [author] * 3

    assert load.calls == 2


async def test_a_value_that_breaks_a_rule_of_its_entity_is_a_miss(
    cache: RedisCache[Author], redis: Redis
) -> None:
    author = new_author(name="Ōe")
    await cache.fetch(author.id, Loader(author))
    [key] = [key async for key in redis.scan_iter()]
    stored = await redis.get(key)
    assert isinstance(stored, bytes)
    await redis.set(key, stored.replace("Ōe".encode(), b" "))

    assert await cache.fetch(author.id, Loader(author)) == author


async def test_scripts_that_the_server_lost_are_sent_again(
    cache: RedisCache[Author], redis: Redis
) -> None:
    for _ in range(2):
        author = new_author()
        load = Loader(author)
        assert [await cache.fetch(author.id, load) for _ in range(2)] == [author] * 2
        assert load.calls == 1
        await redis.script_flush()


async def test_a_server_that_was_killed_is_bypassed_until_it_is_back(
    cache: RedisCache[Author],
    server: RedisServer,
    monotonic: Monotonic,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "adapters.redis")
    author = new_author()
    load = Loader(author)
    await cache.fetch(author.id, load)

    await asyncio.to_thread(server.kill)
    for _ in range(5):
        assert await cache.fetch(author.id, load) == author
        await cache.forget(author.id)
    assert load.calls == 6

    await asyncio.to_thread(server.start)
    monotonic.seconds += REST_SECONDS
    for _ in range(3):
        assert await cache.fetch(author.id, load) == author
    assert load.calls == 7
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_what_load_raises_passes_while_the_server_is_away(
    cache: RedisCache[Author], server: RedisServer
) -> None:
    await asyncio.to_thread(server.kill)
    identifier = new_author().id
    calls = 0

    async def fail() -> Author | None:
        nonlocal calls
        calls += 1
        raise NotFound("author", identifier)

    with pytest.raises(NotFound):
        await cache.fetch(identifier, fail)
    assert calls == 1


async def test_a_server_that_hangs_costs_one_caller_the_deadline(
    cache: RedisCache[Author], server: RedisServer
) -> None:
    author = new_author()
    load = Loader(author)
    await cache.fetch(author.id, load)
    server.pause()
    begun = time.monotonic()

    for _ in range(20):
        assert await cache.fetch(author.id, load) == author

    assert time.monotonic() - begun < 10 * TIMEOUT_SECONDS


async def test_a_server_that_goes_during_a_load_costs_no_answer(
    cache: RedisCache[Author], server: RedisServer
) -> None:
    author = new_author()
    load = SlowLoader(author)
    reader = asyncio.create_task(cache.fetch(author.id, load))
    await load.begun.wait()

    await asyncio.to_thread(server.kill)
    load.go_on.set()

    assert await reader == author
    assert load.calls == 1


async def test_commands_share_one_deadline(client: RedisClient) -> None:
    with pytest.raises(StoreUnavailable, match="no answer in time"):
        async with client.commands():
            await asyncio.Event().wait()


async def test_a_command_whose_answer_is_lost_is_not_repeated() -> None:
    answers = {b"HELLO": b"%0\r\n", b"CLIENT": b"+OK\r\n", b"PING": b"+PONG\r\n"}
    received: list[bytes] = []

    async def hang_up_on_push(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            commands = re.findall(rb"\r\n(HELLO|CLIENT|PING|LPUSH)\r\n", data)
            received.extend(commands)
            if b"LPUSH" in commands:
                break
            writer.writelines(answers[command] for command in commands)
        writer.close()

    async with await asyncio.start_server(hang_up_on_push, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = RedisClient(f"redis://127.0.0.1:{port}/0", timeout=PATIENT_SECONDS)
        async with client.opened():
            with pytest.raises(StoreUnavailable):
                async with client.commands() as redis:
                    await redis.lpush("key", "value")

    assert received.count(b"LPUSH") == 1


async def test_a_cancelled_reader_leaves_its_answer_to_nobody(
    server: RedisServer, redis: Redis
) -> None:
    client = RedisClient(server.uri, timeout=PATIENT_SECONDS)
    async with client.opened():
        cache = RedisCache(client, "author", Author, ttl=TTL_SECONDS)
        authors = [new_author() for _ in range(20)]
        for author in authors:
            await cache.fetch(author.id, Loader(author))

        server.pause()
        readers = [asyncio.create_task(cache.fetch(a.id, Loader(None))) for a in authors]
        await asyncio.wait(readers, timeout=0.1)
        for reader in readers[::2]:
            reader.cancel()
        server.resume()

        assert await asyncio.gather(*readers[1::2]) == authors[1::2]
        found = [await cache.fetch(author.id, Loader(None)) for author in authors]
        assert found == authors


async def test_more_readers_than_connections_wait_for_one(server: RedisServer) -> None:
    client, author = RedisClient(server.uri, timeout=PATIENT_SECONDS), new_author()
    async with client.opened():
        cache = RedisCache(client, "author", Author, ttl=TTL_SECONDS)
        await cache.fetch(author.id, Loader(author))

        found = await asyncio.gather(*(cache.fetch(author.id, Loader(None)) for _ in range(200)))

    assert found == [author] * 200


async def test_what_was_forgotten_while_the_server_was_silent_is_not_read_again(
    cache: RedisCache[Author], server: RedisServer, monotonic: Monotonic
) -> None:
    old, new = new_author(), new_author()
    await cache.fetch(old.id, Loader(old))
    server.pause()
    await cache.forget(old.id)
    server.resume()
    monotonic.seconds += REST_SECONDS

    assert await cache.fetch(old.id, Loader(new)) == new
