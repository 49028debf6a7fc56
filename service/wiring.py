"""The one module that chooses adapters and gives them to use-cases."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from io import StringIO
from typing import TextIO, TypeVar

from adapters.memory.activity import MemoryActivityLog
from adapters.memory.cache import MemoryCache
from adapters.memory.configuration import MemoryConfigurations
from adapters.memory.limiter import MemoryRateLimiter
from adapters.memory.mailer import MemoryMailer
from adapters.memory.uncached import Uncached
from adapters.memory.unit_of_work import MemoryStores, MemoryUnitOfWork
from adapters.mongodb.activity import MongoDBActivityLog
from adapters.mongodb.configuration import MongoDBConfigurations
from adapters.mongodb.database import MongoDBDatabase
from adapters.mysql.address import MySQLAddress
from adapters.mysql.database import MySQLDatabase
from adapters.mysql.initialisation import create_database, mysql_migrations
from adapters.oidc.providers import OIDCProviders
from adapters.redis.cache import RedisCache
from adapters.redis.client import RedisClient
from adapters.redis.door import RedisDoor
from adapters.redis.limiter import RedisRateLimiter
from adapters.sql.attempts import SQLAttempts
from adapters.sql.migrations import Migrations
from adapters.sql.unit_of_work import SQLStores, SQLUnitOfWork
from adapters.sqlite.activity import SQLiteActivityLog
from adapters.sqlite.configuration import SQLiteConfigurations
from adapters.sqlite.database import SQLiteDatabase
from adapters.sqlite.migrations import sqlite_migrations
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UUID7Identifiers
from domain.activity.ports import ActivityLog
from domain.activity.relay import Relay
from domain.activity.use_cases import Activity
from domain.authentication.administration import AccountAdministration
from domain.authentication.api_keys import Keys
from domain.authentication.door import SeparateDoor
from domain.authentication.entities import Access
from domain.authentication.entrance import Entrance
from domain.authentication.mails import AccountMails
from domain.authentication.me import Me
from domain.authentication.own_data import OwnData
from domain.authentication.ports import Door
from domain.authentication.retention import Retention
from domain.authentication.superusers import Superusers
from domain.catalogue.entities import Author, Book
from domain.catalogue.use_cases import Catalogue
from domain.configuration.ports import Configurations
from domain.configuration.use_cases import RuntimeConfiguration
from domain.health.ports import Store
from domain.health.use_cases import Health
from domain.idempotency.unit_of_work import IdempotentUnitOfWork
from domain.idempotency.use_cases import Idempotency
from domain.limits.ports import Attempts
from domain.mail.ports import MailTransport
from domain.mail.relay import MailRelay
from domain.ports import Cache
from service.authentication_wiring import signing_in
from service.credential_wiring import credentials
from service.factor_wiring import factors
from service.mail_texts import TemplateMailTexts
from service.mail_wiring import mail_transport
from service.provider_wiring import by_provider, identity_providers
from service.relay_worker import Signal
from service.settings import Settings
from service.token_wiring import access_tokens, development_tokens
from service.use_cases import Authentication, UseCases

# Seconds: a cache or a count that takes longer is slower than what it stands before.
REDIS_TIMEOUT = 1.0

# Seconds: so long at most a change of an account that a dying process told nobody of is not seen.
LONGEST_ACCESS = 60

AnyStores = SQLStores | MemoryStores
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


@dataclass(frozen=True, slots=True)
class Wiring:
    """The use-cases, and the lives of the adapters behind them, one after the other.

    `events_waiting` is set after each commit that left events for their relay, and `mails_waiting`
    after one that left mails.
    """

    use_cases: UseCases
    adapters: Adapters
    events_waiting: Signal
    mails_waiting: Signal

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open every adapter on the running loop; close them in reverse.

        Raises StoreUnavailable and StoreNotReady.
        """
        async with AsyncExitStack() as stack:
            for opened in self.adapters.opened:
                await stack.enter_async_context(opened())
            yield


def wire(settings: Settings) -> Wiring:
    """Choose the adapters that the settings ask for; nothing is opened yet."""
    events_waiting, mails_waiting = Signal(), Signal()
    choose = _fakes if settings.profile == "testing" else _stores
    adapters = choose(settings, events_waiting.set, mails_waiting.set)
    return Wiring(_use_cases(settings, adapters), adapters, events_waiting, mails_waiting)


def _use_cases(settings: Settings, adapters: Adapters) -> UseCases:
    clock, identifiers = SystemClock(), UUID7Identifiers()
    # What requests run; the background's own work bears no keys.
    unit_of_work = IdempotentUnitOfWork[AnyStores](adapters.unit_of_work, clock)
    of_accounts = (unit_of_work, adapters.access_cache, clock, identifiers)
    tokens = access_tokens(settings)
    people = signing_in(
        settings, adapters.unit_of_work, adapters.access_cache, adapters.attempts, tokens
    )
    configuration = RuntimeConfiguration(adapters.configurations, clock)

    async def are_sign_ups_open() -> bool:
        return (await configuration.current()).sign_ups_open

    own = credentials(
        unit_of_work,
        adapters.access_cache,
        adapters.attempts,
        people.sign_in,
        are_sign_ups_open,
    )
    second = factors(settings, adapters.unit_of_work, own.confirmations, people.sign_in)
    keys = Keys(*of_accounts, own.confirmations)
    providers = by_provider(
        adapters.unit_of_work,
        adapters.identity_providers,
        people.sign_in,
        own.confirmations,
        are_sign_ups_open,
    )
    return UseCases(
        accounts=AccountAdministration(*of_accounts),
        authentication=Authentication(
            keys=keys,
            guesses=people.guesses,
            sign_in=people.sign_in,
            sessions=people.sessions,
            totp=second.totp,
            passkeys=second.passkeys,
            passkey_sign_in=second.passkey_sign_in,
            factor_removal=second.factor_removal,
            sign_up=own.sign_up,
            passwords=own.passwords,
            emails=own.emails,
            expired_tokens=own.expired_tokens,
            providers=providers.sign_in,
            my_identities=providers.my_identities,
        ),
        me=Me(*of_accounts, own.confirmations),
        own_data=OwnData(unit_of_work, adapters.activity_log, clock),
        retention=Retention(adapters.unit_of_work, clock),
        superusers=Superusers(*of_accounts, people.sign_in.hasher),
        catalogue=Catalogue(
            unit_of_work, adapters.author_cache, adapters.book_cache, clock, identifiers
        ),
        activity=Activity(adapters.activity_log),
        configuration=configuration,
        idempotency=Idempotency(adapters.unit_of_work, clock),
        entrance=Entrance(
            door=adapters.door,
            unit_of_work=adapters.unit_of_work,
            key_uses=keys,
            access_tokens=tokens,
            development_tokens=development_tokens(settings),
            clock=clock,
        ),
        access_tokens=tokens,
        relay=Relay(adapters.unit_of_work, adapters.activity_log, clock, identifiers),
        mail_relay=MailRelay(
            adapters.unit_of_work,
            adapters.mail_transport,
            AccountMails(adapters.unit_of_work, TemplateMailTexts(settings.public_url), clock),
            clock,
            identifiers,
        ),
        health=Health(adapters.stores, clock),
    )


def _fakes(
    settings: Settings, on_events: Callable[[], None], on_mails: Callable[[], None]
) -> Adapters:
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


def _stores(
    settings: Settings, on_events: Callable[[], None], on_mails: Callable[[], None]
) -> Adapters:
    """Choose MySQL, MongoDB and Redis where they have an address, else what is embedded."""
    sqlite = _sqlite(settings)
    mysql = _mysql(settings)
    mongodb = _mongodb(settings)
    redis = _redis(settings)
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


def _sqlite(settings: Settings) -> SQLiteDatabase:
    return SQLiteDatabase(
        settings.sqlite_path, timeout=settings.store_timeout, pool_timeout=settings.pool_timeout
    )


def _mysql(settings: Settings) -> MySQLDatabase | None:
    address = _mysql_address(settings)
    if address is None:
        return None
    return MySQLDatabase(
        address,
        pool_size=settings.mysql_pool_size,
        timeout=settings.store_timeout,
        pool_timeout=settings.pool_timeout,
    )


def _mysql_address(settings: Settings) -> MySQLAddress | None:
    if settings.mysql is None:
        return None
    values = {field.name: getattr(settings.mysql, field.name) for field in fields(MySQLAddress)}
    return MySQLAddress(**{**values, "password": settings.mysql.password.get_secret_value()})


def _mongodb(settings: Settings) -> MongoDBDatabase | None:
    if settings.mongo_uri is None or settings.mongo_db_name is None:
        return None
    uri = settings.mongo_uri.get_secret_value()
    return MongoDBDatabase(uri, settings.mongo_db_name, timeout=settings.store_timeout)


def _redis(settings: Settings) -> RedisClient | None:
    if settings.redis_uri is None:
        return None
    return RedisClient(settings.redis_uri.get_secret_value(), timeout=REDIS_TIMEOUT)


def migrations(settings: Settings, output: TextIO | None = None) -> Migrations:
    """Give the migrations of the SQL store that the settings ask for."""
    address = _mysql_address(settings)
    if address:
        return mysql_migrations(address, output)
    return sqlite_migrations(settings.sqlite_path, output)


async def initialise(settings: Settings) -> list[str]:
    """Bring an empty set of stores to ready; gives a line for each thing done.

    Safe to repeat. Raises StoreUnavailable and StoreNotReady.
    """
    done, told = [], StringIO()
    address, mongodb = _mysql_address(settings), _mongodb(settings)
    if address and await create_database(address):
        done.append(f"Created the database {address.database}.")
    await asyncio.to_thread(migrations(settings, told).upgrade)
    done += told.getvalue().splitlines()
    done.append("The SQL schema is up to date.")
    if mongodb:
        await mongodb.initialise()
        done.append("MongoDB has its indexes.")
    return done
