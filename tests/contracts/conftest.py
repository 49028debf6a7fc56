"""Which adapters are held to which contract.

A new adapter of a port is one more name in that port's list, and the fixture `<name>_<port>`.
"""

from collections.abc import AsyncIterator, Callable

import pytest

from adapters.memory.activity import MemoryActivityLog
from adapters.memory.cache import MemoryCache
from adapters.memory.clock import FixedClock
from adapters.memory.configuration import MemoryConfigurations
from adapters.memory.limiter import MemoryRateLimiter
from adapters.memory.unit_of_work import MemoryStores, MemoryUnitOfWork
from adapters.mongodb.activity import MongoDBActivityLog
from adapters.mongodb.configuration import MongoDBConfigurations
from adapters.mongodb.database import MongoDBDatabase
from adapters.mysql.database import MySQLDatabase
from adapters.redis.cache import RedisCache
from adapters.redis.client import RedisClient
from adapters.redis.door import RedisDoor
from adapters.redis.limiter import RedisRateLimiter
from adapters.sql.attempts import SQLAttempts
from adapters.sql.unit_of_work import SQLStores, SQLUnitOfWork
from adapters.sqlite.activity import SQLiteActivityLog
from adapters.sqlite.configuration import SQLiteConfigurations
from adapters.sqlite.database import SQLiteDatabase
from adapters.system.clock import SystemClock
from domain.activity.ports import ActivityLog
from domain.authentication.door import SeparateDoor
from domain.authentication.entities import Access
from domain.authentication.ports import Door
from domain.catalogue.entities import Author
from domain.configuration.ports import Configurations
from domain.limits.ports import Attempts, RateLimiter
from domain.ports import Cache
from tests.servers.databases import MongoDatabase

AnyUnitOfWork = MemoryUnitOfWork | SQLUnitOfWork
AnyStores = MemoryStores | SQLStores

MYSQL = pytest.param("mysql", marks=pytest.mark.mysql)
MONGODB = pytest.param("mongodb", marks=pytest.mark.mongodb)
REDIS = pytest.param("redis", marks=pytest.mark.redis)

# Far more than a test needs: a slow machine must not end what the test is about.
TTL_SECONDS = 600
TIMEOUT_SECONDS = 10


@pytest.fixture(params=["memory", "sqlite", MYSQL])
def unit_of_work(request: pytest.FixtureRequest) -> AnyUnitOfWork:
    adapter: AnyUnitOfWork = request.getfixturevalue(f"{request.param}_unit_of_work")
    return adapter


@pytest.fixture(params=["memory", "sqlite", MONGODB])
def activity_log(request: pytest.FixtureRequest) -> ActivityLog:
    adapter: ActivityLog = request.getfixturevalue(f"{request.param}_activity_log")
    return adapter


@pytest.fixture(params=["memory", "sqlite", MONGODB])
def configurations(request: pytest.FixtureRequest) -> Configurations:
    adapter: Configurations = request.getfixturevalue(f"{request.param}_configurations")
    return adapter


@pytest.fixture(params=["memory", REDIS])
def cache(request: pytest.FixtureRequest) -> Cache[Author]:
    adapter: Cache[Author] = request.getfixturevalue(f"{request.param}_cache")
    return adapter


@pytest.fixture(params=["memory", "sqlite", MYSQL])
def attempts(request: pytest.FixtureRequest) -> Attempts:
    if request.param == "memory":
        return MemoryRateLimiter()
    return SQLAttempts(request.getfixturevalue(request.param), SystemClock())


@pytest.fixture(params=["memory", "sqlite", MYSQL, REDIS])
def rate_limiter(request: pytest.FixtureRequest) -> RateLimiter:
    adapter: RateLimiter = request.getfixturevalue(f"{request.param}_rate_limiter")
    return adapter


@pytest.fixture
def memory_activity_log() -> ActivityLog:
    return MemoryActivityLog()


@pytest.fixture
def memory_configurations() -> Configurations:
    return MemoryConfigurations()


@pytest.fixture
def memory_cache() -> Cache[Author]:
    return MemoryCache(TTL_SECONDS)


@pytest.fixture(params=["memory", REDIS])
def access_cache(request: pytest.FixtureRequest) -> Cache[Access]:
    adapter: Cache[Access] = request.getfixturevalue(f"{request.param}_access_cache")
    return adapter


@pytest.fixture
def memory_access_cache() -> Cache[Access]:
    return MemoryCache(TTL_SECONDS)


@pytest.fixture
def events_seen() -> list[str]:
    """Gets an entry each time that a unit of work tells of new events."""
    return []


@pytest.fixture
def mails_seen() -> list[str]:
    """Gets an entry each time that a unit of work tells of new mails."""
    return []


@pytest.fixture
def on_commit(events_seen: list[str], mails_seen: list[str]) -> tuple[Callable[[], None], ...]:
    return lambda: events_seen.append("told"), lambda: mails_seen.append("told")


@pytest.fixture
def memory_unit_of_work(on_commit: tuple[Callable[[], None], ...]) -> AnyUnitOfWork:
    return MemoryUnitOfWork(*on_commit)


@pytest.fixture
def sqlite_unit_of_work(
    sqlite: SQLiteDatabase, on_commit: tuple[Callable[[], None], ...]
) -> AnyUnitOfWork:
    return SQLUnitOfWork(sqlite, *on_commit)


@pytest.fixture
def mysql_unit_of_work(
    mysql: MySQLDatabase, on_commit: tuple[Callable[[], None], ...]
) -> AnyUnitOfWork:
    return SQLUnitOfWork(mysql, *on_commit)


@pytest.fixture
def sqlite_activity_log(sqlite: SQLiteDatabase) -> ActivityLog:
    return SQLiteActivityLog(sqlite, FixedClock())


@pytest.fixture
def sqlite_configurations(sqlite: SQLiteDatabase) -> Configurations:
    return SQLiteConfigurations(sqlite)


@pytest.fixture
async def mongodb(empty_mongo_database: MongoDatabase) -> AsyncIterator[MongoDBDatabase]:
    uri, name = empty_mongo_database
    database = MongoDBDatabase(uri, name, timeout=TIMEOUT_SECONDS)
    await database.initialise()
    async with database.opened():
        yield database


@pytest.fixture
def mongodb_activity_log(mongodb: MongoDBDatabase) -> ActivityLog:
    return MongoDBActivityLog(mongodb, FixedClock())


@pytest.fixture
def mongodb_configurations(mongodb: MongoDBDatabase) -> Configurations:
    return MongoDBConfigurations(mongodb)


@pytest.fixture
async def redis_cache(redis_uri: str, redis_prefix: str) -> AsyncIterator[Cache[Author]]:
    client = RedisClient(redis_uri, timeout=TIMEOUT_SECONDS, key_prefix=redis_prefix)
    async with client.opened():
        yield RedisCache(client, "author", Author, ttl=TTL_SECONDS)


@pytest.fixture
async def redis_access_cache(redis_uri: str, redis_prefix: str) -> AsyncIterator[Cache[Access]]:
    client = RedisClient(redis_uri, timeout=TIMEOUT_SECONDS, key_prefix=redis_prefix)
    async with client.opened():
        yield RedisCache(client, "access", Access, ttl=TTL_SECONDS)


@pytest.fixture
def memory_rate_limiter() -> RateLimiter:
    return MemoryRateLimiter()


@pytest.fixture(params=["memory", "away", REDIS])
def door(request: pytest.FixtureRequest) -> Door:
    adapter: Door = request.getfixturevalue(f"{request.param}_door")
    return adapter


@pytest.fixture
def sqlite_rate_limiter(sqlite: SQLiteDatabase) -> RateLimiter:
    return SQLAttempts(sqlite, SystemClock())


@pytest.fixture
def mysql_rate_limiter(mysql: MySQLDatabase) -> RateLimiter:
    return SQLAttempts(mysql, SystemClock())


@pytest.fixture
def memory_door() -> Door:
    return SeparateDoor(MemoryRateLimiter(), MemoryCache(TTL_SECONDS))


@pytest.fixture
def away_door() -> Door:
    """As it is while Redis is away: its client is not open."""
    return redis_door_of(RedisClient("redis://192.0.2.1", timeout=TIMEOUT_SECONDS))


@pytest.fixture
async def redis_door(redis_uri: str, redis_prefix: str) -> AsyncIterator[Door]:
    client = RedisClient(redis_uri, timeout=TIMEOUT_SECONDS, key_prefix=redis_prefix)
    async with client.opened():
        yield redis_door_of(client)


def redis_door_of(client: RedisClient) -> RedisDoor:
    cache = RedisCache(client, "access", Access, ttl=TTL_SECONDS)
    return RedisDoor(client, RedisRateLimiter(client), cache, MemoryRateLimiter())


@pytest.fixture
async def redis_rate_limiter(redis_uri: str, redis_prefix: str) -> AsyncIterator[RateLimiter]:
    client = RedisClient(redis_uri, timeout=TIMEOUT_SECONDS, key_prefix=redis_prefix)
    async with client.opened():
        yield RedisRateLimiter(client)


@pytest.fixture(autouse=True)
def _as_operator(as_operator: None) -> None:
    """Who may call is tested elsewhere."""
