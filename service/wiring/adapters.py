"""Which adapter does the work of each port."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TypeVar

from adapters.memory.activity import MemoryActivityLog
from adapters.memory.cache import MemoryCache
from adapters.memory.configuration import MemoryConfigurations
from adapters.memory.limiter import MemoryRateLimiter
from adapters.memory.mailer import MemoryMailer
from adapters.memory.uncached import Uncached
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.mongodb.activity import MongoDBActivityLog
from adapters.mongodb.configuration import MongoDBConfigurations
from adapters.oidc.providers import OIDCProviders
from adapters.redis.cache import RedisCache
from adapters.redis.client import RedisClient
from adapters.redis.door import RedisDoor
from adapters.redis.limiter import RedisRateLimiter
from adapters.sql.attempts import SQLAttempts
from adapters.sql.unit_of_work import SQLUnitOfWork
from adapters.sqlite.activity import SQLiteActivityLog
from adapters.sqlite.configuration import SQLiteConfigurations
from adapters.system.clock import SystemClock
from domain.activity.ports import ActivityLog
from domain.authentication.door import SeparateDoor
from domain.authentication.entities import Access
from domain.authentication.ports import Door
from domain.catalogue.entities import Author, Book
from domain.configuration.ports import Configurations
from domain.health.ports import Store
from domain.limits.ports import Attempts
from domain.mail.ports import MailTransport
from domain.ports import Cache
from service.settings import Settings
from service.wiring import stores as _stores
from service.wiring.mail import mail_transport
from service.wiring.providers import identity_providers

# Seconds: so long at most a change of an account that a dying process told nobody of is not seen.
LONGEST_ACCESS = 60


Value = TypeVar("Value")

Opened = Callable[[], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """One adapter for each port; what is opened for them, in that order; which stores these are."""

    unit_of_work: SQLUnitOfWork | MemoryUnitOfWork
    activity_log: ActivityLog
    configurations: Configurations
    access_cache: Cache[Access]
    author_cache: Cache[Author]
    book_cache: Cache[Book]
    door: Door
    attempts: Attempts
    mail_transport: MailTransport
    identity_providers: OIDCProviders
    opened: Sequence[Opened] = ()
    stores: Sequence[Store] = ()


def fakes(
    settings: Settings, on_events: Callable[[], None], on_mails: Callable[[], None]
) -> Adapters:
    """Choose the fakes."""
    access_cache = MemoryCache[Access](settings.cache_ttl)
    providers = identity_providers(settings)
    return Adapters(
        unit_of_work=MemoryUnitOfWork(on_events, on_mails),
        activity_log=MemoryActivityLog(),
        configurations=MemoryConfigurations(),
        access_cache=access_cache,
        author_cache=MemoryCache(settings.cache_ttl),
        book_cache=MemoryCache(settings.cache_ttl),
        door=SeparateDoor(MemoryRateLimiter(), access_cache),
        attempts=MemoryRateLimiter(),
        mail_transport=MemoryMailer(),
        identity_providers=providers,
        opened=_opened(providers),
    )


def stores(
    settings: Settings, on_events: Callable[[], None], on_mails: Callable[[], None]
) -> Adapters:
    """Choose MySQL, MongoDB and Redis where they have an address, else what is embedded."""
    sqlite, mysql = _stores.sqlite(settings), _stores.mysql(settings)
    mongodb, redis = _stores.mongodb(settings), _stores.redis(settings)
    providers = identity_providers(settings)
    stores = [it for it in (None if mysql and mongodb else sqlite, mysql, mongodb, redis) if it]
    access_cache = _cache(
        settings.model_copy(update={"cache_ttl": min(settings.cache_ttl, LONGEST_ACCESS)}),
        redis,
        "access",
        Access,
    )
    return Adapters(
        unit_of_work=SQLUnitOfWork(mysql or sqlite, on_events, on_mails),
        activity_log=(
            MongoDBActivityLog(mongodb, SystemClock())
            if mongodb
            else SQLiteActivityLog(sqlite, SystemClock())
        ),
        configurations=(
            MongoDBConfigurations(mongodb) if mongodb else SQLiteConfigurations(sqlite)
        ),
        access_cache=access_cache,
        author_cache=_cache(settings, redis, "author", Author),
        book_cache=_cache(settings, redis, "book", Book),
        identity_providers=providers,
        opened=[*(store.opened for store in stores), *_opened(providers)],
        stores=stores,
        door=_door(redis, access_cache),
        attempts=SQLAttempts(mysql or sqlite, SystemClock()),
        mail_transport=mail_transport(settings),
    )


def _opened(providers: OIDCProviders) -> Sequence[Opened]:
    return [providers.opened] if providers.names else []


def _cache(
    settings: Settings, redis: RedisClient | None, name: str, value_type: type[Value]
) -> Cache[Value]:
    if redis:
        return RedisCache(redis, name, value_type, ttl=settings.cache_ttl)
    if settings.mysql:
        # Other processes change the same rows, and only a cache that all share would notice.
        return Uncached()
    return MemoryCache(settings.cache_ttl)


def _door(redis: RedisClient | None, access_cache: Cache[Access]) -> Door:
    if redis and isinstance(access_cache, RedisCache):
        return RedisDoor(redis, RedisRateLimiter(redis), access_cache, MemoryRateLimiter())
    return SeparateDoor(MemoryRateLimiter(), access_cache)
