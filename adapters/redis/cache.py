"""The cache in Redis."""

import hashlib
import json
import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter
from redis.asyncio import Redis

from adapters.redis.client import RedisClient
from adapters.redis.scripts import Script, run
from domain.errors import DomainError, StoreUnavailable

Value = TypeVar("Value")

# A reader that takes longer than this to load finds its lease gone, and what it loaded not kept.
LEASE_SECONDS = 10
TTL_JITTER = 0.1

# Keys that wait to be deleted until the server is back; the values of more end with their TTL.
MAX_UNFORGOTTEN = 10_000

# No JSON text begins like this. It stands for the lease of somebody else, too.
SOMEBODYS_LEASE = _LEASE_MARK = b"lease:"

FIND_OR_LEASE = """
local function find_or_lease(key, lease, milliseconds)
    local found = redis.call('GET', key)
    if found then
        return found
    end
    redis.call('SET', key, lease, 'PX', milliseconds)
    return lease
end
"""
_SCRIPT = Script(FIND_OR_LEASE + "return find_or_lease(KEYS[1], ARGV[1], ARGV[2])\n")

_SETTLE = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
    return 0
end
if ARGV[2] == '' then
    return redis.call('DEL', KEYS[1])
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
""")


@dataclass(frozen=True, slots=True)
class LookUp:
    """A look at one key, and the lease that is put there where nothing is."""

    identifier: UUID
    key: str
    lease: bytes

    def arguments(self) -> tuple[list[str], list[bytes | int]]:
        """Give the key and the arguments that FIND_OR_LEASE takes."""
        return [self.key], [self.lease, LEASE_SECONDS * 1000]


class RedisCache(Generic[Value]):
    """The values of one dataclass, as JSON under `<name>:<fingerprint of its schema>:<id>`.

    Another schema has other keys, so a new version of the code never reads what an old one wrote.
    Values stay for about `ttl` seconds: TTL_JITTER keeps those that came together from going
    together. The first reader that misses a value leaves its lease under the key; `forget` removes
    that too, and only the owner of a lease that is still there puts a value in its place.
    """

    def __init__(
        self, client: RedisClient, name: str, value_type: type[Value], *, ttl: float
    ) -> None:
        self._client = client
        # A dataclass takes no config, and what holds one hands its own on.
        self._values: TypeAdapter[tuple[Value]] = TypeAdapter(
            tuple[value_type],  # type: ignore[arg-type, valid-type]  # A type of run time.
            config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"),
        )
        self._namespace = (name, _fingerprint(self._values))
        self._ttl = ttl
        self._unforgotten: set[str] = set()
        self._random = random.SystemRandom()

    async def fetch(
        self, identifier: UUID, load: Callable[[], Awaitable[Value | None]]
    ) -> Value | None:
        """Find the value or lease its key, in one round trip, and load what is not there."""
        asked = self.look_up(identifier)
        return await self.value_of(asked, await self._found(asked), load)

    def look_up(self, identifier: UUID) -> LookUp:
        """Make a look-up, for whoever asks Redis for something else in the same round trip."""
        return LookUp(identifier, self._key(identifier), _LEASE_MARK + secrets.token_bytes(8))

    async def value_of(
        self, asked: LookUp, found: bytes, load: Callable[[], Awaitable[Value | None]]
    ) -> Value | None:
        """Give the value that was found, else load it, and keep it under one's own lease."""
        if found == asked.lease:
            return await self._load_under(asked, load)
        if found.startswith(_LEASE_MARK):
            return await load()
        value = self._decode(found)
        if value is None:
            await self.forget(asked.identifier)
            value = await load()
        return value

    async def forget(self, identifier: UUID) -> None:
        """Delete the key, with the value or the lease that it has.

        Where the server is away, the key is deleted before this process reads from it again.
        """
        if len(self._unforgotten) < MAX_UNFORGOTTEN:
            self._unforgotten.add(self._key(identifier))
        with suppress(StoreUnavailable):
            async with self._client.commands() as redis:
                await self.forget_what_was_left(redis)

    async def forget_what_was_left(self, redis: Redis) -> None:
        """Delete what could not be deleted while the server was away: it comes before a read."""
        if self._unforgotten:
            keys = list(self._unforgotten)
            await redis.delete(*keys)
            self._unforgotten.difference_update(keys)

    def _key(self, identifier: UUID) -> str:
        return self._client.key(*self._namespace, identifier)

    async def _found(self, asked: LookUp) -> bytes:
        """Give what is under the key now; somebody's lease stands for a server that is away."""
        with suppress(StoreUnavailable):
            async with self._client.commands() as redis:
                await self.forget_what_was_left(redis)
                return bytes(await run(redis, _SCRIPT, *asked.arguments()))
        return SOMEBODYS_LEASE

    async def _load_under(
        self, asked: LookUp, load: Callable[[], Awaitable[Value | None]]
    ) -> Value | None:
        try:
            value = await load()
        except Exception:
            await self._settle(asked, b"")
            raise
        await self._settle(asked, b"" if value is None else self._values.dump_json((value,)))
        return value

    async def _settle(self, asked: LookUp, encoded: bytes) -> None:
        """Put a value in the place of one's own lease, or only end that, for an empty one."""
        jitter = self._random.uniform(1 - TTL_JITTER, 1 + TTL_JITTER)
        with suppress(StoreUnavailable):
            async with self._client.commands() as redis:
                lasting = int(self._ttl * jitter * 1000)
                await run(redis, _SETTLE, [asked.key], [asked.lease, encoded, lasting])

    def _decode(self, found: bytes) -> Value | None:
        """Give the value, or None for what somebody else put there."""
        try:
            return self._values.validate_json(found)[0]
        except (ValueError, DomainError):
            return None


def _fingerprint(values: TypeAdapter[tuple[Value]]) -> str:
    schema = json.dumps(values.json_schema(), sort_keys=True)
    return hashlib.sha256(schema.encode()).hexdigest()[:12]
