"""The Redis client: its pool, opened and closed with the server."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig

from adapters.redis.breaker import Breaker
from adapters.redis.errors import (
    translated_connect_errors,
    translated_errors,
    translated_uri_errors,
)
from domain.errors import StoreUnavailable
from domain.timing import TimedStore

# After a failure, the server is left alone for so long.
REST_SECONDS = 1.0
HEALTH_CHECK_SECONDS = 30

_REDIS_TIME = TimedStore("Redis")


class RedisClient:
    """Lends the server for commands. `timeout` bounds one use, in seconds.

    No command is repeated by the driver: one whose answer was lost may have been executed. All
    keys begin with `key_prefix`.
    """

    technology = "Redis"

    def __init__(
        self,
        uri: str,
        *,
        timeout: float,
        key_prefix: str = "imflask:",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._uri = uri
        self._timeout = timeout
        self._key_prefix = key_prefix
        self._breaker = Breaker(REST_SECONDS, monotonic)
        self._redis: Redis | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connect; raises StoreUnavailable and, where the server refuses us, StoreNotReady."""
        with translated_uri_errors():
            redis = Redis.from_pool(self._pool())
        try:
            with translated_connect_errors():
                async with asyncio.timeout(self._timeout):
                    await redis.ping()
            self._redis = redis
            yield
        finally:
            self._redis = None
            await redis.aclose()

    async def ping(self) -> None:
        """Run the command of that name."""
        async with self.commands() as redis:
            await redis.ping()

    def key(self, *parts: object) -> str:
        """Give the name of a key."""
        return self._key_prefix + ":".join(map(str, parts))

    @asynccontextmanager
    async def commands(self) -> AsyncIterator[Redis]:
        """Lend the server for a few commands, all within the deadline.

        Raises StoreUnavailable for any failure of them, and at once while the server is known to
        be away.
        """
        if self._redis is None:
            raise StoreUnavailable("Redis", "its adapter is not open")
        with _REDIS_TIME, self._breaker.call(), translated_errors():
            async with asyncio.timeout(self._timeout):
                yield self._redis

    def _pool(self) -> BlockingConnectionPool:
        return BlockingConnectionPool.from_url(
            self._uri,
            timeout=self._timeout,
            socket_timeout=self._timeout,
            socket_connect_timeout=self._timeout,
            health_check_interval=HEALTH_CHECK_SECONDS,
            retry=Retry(NoBackoff(), 0),
            protocol=3,
            legacy_responses=False,
            # With them on, the pool no longer checks a connection for a stale answer.
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
