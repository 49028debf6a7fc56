"""Which adapters are chosen for which settings, and when they are opened and closed."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.mail.files import FileMailer
from adapters.mail.smtp import SMTPTransport
from adapters.memory.activity import MemoryActivityLog
from adapters.memory.cache import MemoryCache
from adapters.memory.configuration import MemoryConfigurations
from adapters.memory.uncached import Uncached
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.mongodb.activity import MongoDBActivityLog
from adapters.mongodb.configuration import MongoDBConfigurations
from adapters.mongodb.database import MongoDBDatabase
from adapters.mysql.database import MySQLDatabase
from adapters.oidc.providers import OIDCProviders
from adapters.redis.cache import RedisCache
from adapters.redis.client import RedisClient
from adapters.redis.door import RedisDoor
from adapters.sql.unit_of_work import SQLUnitOfWork
from adapters.sqlite.activity import SQLiteActivityLog
from adapters.sqlite.configuration import SQLiteConfigurations
from adapters.sqlite.database import SQLiteDatabase
from domain.authentication.door import SeparateDoor
from domain.authentication.entities import Client
from domain.authentication.errors import InvalidToken
from domain.callers import NOBODY
from domain.permissions import PERMISSIONS, Role
from service.settings import Settings, load_settings
from service.wiring import Opened, Wiring, wire
from service.wiring.tokens import development_tokens
from tests.unit.fakes import details_of

# Nobody answers there: what is wired must not be asked for anything.
MYSQL = {"FLASK_MYSQL_URI": "mysql://app:hunter2@192.0.2.1/imflask"}
MONGODB = {"FLASK_MONGO_URI": "mongodb://192.0.2.1", "FLASK_MONGO_DB_NAME": "imflask"}
REDIS = {"FLASK_REDIS_URI": "redis://192.0.2.1"}


def wired(sqlite_path: Path, **environ: str) -> Wiring:
    return wire(load_settings({"FLASK_SQLITE_PATH": str(sqlite_path), **environ}, dotenv=None))


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "imflask.sqlite3"


def chosen(wiring: Wiring) -> list[type]:
    adapters = wiring.adapters
    assert type(adapters.book_cache) is type(adapters.author_cache)
    assert type(adapters.access_cache) is type(adapters.author_cache)
    return [
        type(adapter)
        for adapter in (
            adapters.unit_of_work,
            adapters.activity_log,
            adapters.configurations,
            adapters.author_cache,
        )
    ]


def opened(wiring: Wiring) -> list[type]:
    return [type(method.__self__) for method in wiring.adapters.opened]


def test_tests_run_on_fakes(testing_settings: Settings) -> None:
    wiring = wire(testing_settings)

    assert chosen(wiring) == [
        MemoryUnitOfWork,
        MemoryActivityLog,
        MemoryConfigurations,
        MemoryCache,
    ]
    assert opened(wiring) == []


@pytest.mark.parametrize(
    "environ,adapters,stores",
    [
        (
            {},
            [SQLUnitOfWork, SQLiteActivityLog, SQLiteConfigurations, MemoryCache],
            [SQLiteDatabase],
        ),
        (
            REDIS,
            [SQLUnitOfWork, SQLiteActivityLog, SQLiteConfigurations, RedisCache],
            [SQLiteDatabase, RedisClient],
        ),
        (
            MONGODB,
            [SQLUnitOfWork, MongoDBActivityLog, MongoDBConfigurations, MemoryCache],
            [SQLiteDatabase, MongoDBDatabase],
        ),
        (
            MYSQL,
            [SQLUnitOfWork, SQLiteActivityLog, SQLiteConfigurations, Uncached],
            [SQLiteDatabase, MySQLDatabase],
        ),
        (
            MYSQL | MONGODB,
            [SQLUnitOfWork, MongoDBActivityLog, MongoDBConfigurations, Uncached],
            [MySQLDatabase, MongoDBDatabase],
        ),
        (
            MYSQL | MONGODB | REDIS,
            [SQLUnitOfWork, MongoDBActivityLog, MongoDBConfigurations, RedisCache],
            [MySQLDatabase, MongoDBDatabase, RedisClient],
        ),
    ],
    ids=["embedded", "redis", "mongodb", "mysql", "mysql-mongodb", "all"],
)
def test_a_store_with_an_address_is_used_and_the_rest_is_embedded(
    sqlite_path: Path, environ: Mapping[str, str], adapters: list[type], stores: list[type]
) -> None:
    wiring = wired(sqlite_path, **environ)

    assert chosen(wiring) == adapters
    assert opened(wiring) == stores


@pytest.mark.parametrize(
    "environ,door",
    [({}, SeparateDoor), (MYSQL, SeparateDoor), (REDIS, RedisDoor)],
    ids=["embedded", "mysql", "redis"],
)
def test_requests_are_counted_where_all_processes_can(
    sqlite_path: Path, environ: Mapping[str, str], door: type
) -> None:
    assert type(wired(sqlite_path, **environ).adapters.door) is door


@pytest.mark.parametrize(
    "environ,transport",
    [
        ({}, FileMailer),
        ({"FLASK_SMTP_URI": "smtp://u:pw@192.0.2.1", "FLASK_MAIL_FROM": "a@b.c"}, SMTPTransport),
        ({"FLASK_SMTP_URI": "smtp://192.0.2.1", "FLASK_MAIL_FROM": "a@b.c"}, SMTPTransport),
    ],
    ids=["embedded", "smtp", "smtp without a user"],
)
def test_mails_leave_by_a_server_or_stay_in_files(
    sqlite_path: Path, environ: Mapping[str, str], transport: type
) -> None:
    assert type(wired(sqlite_path, **environ).adapters.mail_transport) is transport


PROVIDER = {
    "name": "acme",
    "issuer": "https://id.acme.test",
    "clientId": "imflask",
    "clientSecret": "hunter2",
}


async def test_people_come_back_from_a_provider_to_its_page_here(sqlite_path: Path) -> None:
    other = {
        **PROVIDER,
        "name": "own",
        "issuer": "https://own.test",
        "redirectUri": "https://a.test",
    }
    wiring = wired(
        sqlite_path,
        FLASK_PUBLIC_URL="https://api.example.org",
        FLASK_OIDC_PROVIDERS=json.dumps([PROVIDER, other]),
    )

    providers = wiring.adapters.identity_providers
    assert providers.names == ("acme", "own")
    assert wiring.use_cases.authentication.providers.names() == ("acme", "own")
    registrations = [it.registration for it in providers._providers.values()]
    assert [it.redirect_uri for it in registrations] == [
        "https://api.example.org/sign-in/acme",
        "https://a.test",
    ]
    assert registrations[0].client_secret == "hunter2"
    assert opened(wiring) == [SQLiteDatabase, OIDCProviders]


@pytest.mark.parametrize("profile,allowed", [("development", True), ("production", False)])
async def test_a_provider_without_tls_is_for_development(
    sqlite_path: Path, profile: str, *, allowed: bool
) -> None:
    wiring = wired(
        sqlite_path,
        FLASK_CONFIG=profile,
        FLASK_SECRET_KEY="q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe",
        FLASK_ALLOWED_HOSTS="api.example.org",
        FLASK_ALLOW_EMBEDDED="1",
    )

    assert wiring.adapters.identity_providers._client._loopback is allowed


def test_wiring_opens_nothing(sqlite_path: Path) -> None:
    """Not even on disk: `flask config` and the migrations import the same settings."""
    wired(sqlite_path)
    wired(sqlite_path, **MYSQL, **MONGODB, **REDIS)

    assert not sqlite_path.parent.exists()


async def test_stores_are_opened_in_order_and_closed_in_reverse(
    testing_settings: Settings,
) -> None:
    steps = []

    def store(name: str) -> Opened:
        @asynccontextmanager
        async def opened() -> AsyncIterator[None]:
            steps.append(f"open {name}")
            try:
                yield
            finally:
                steps.append(f"close {name}")

        return opened

    wiring = wire(testing_settings)
    wiring = replace(
        wiring, adapters=replace(wiring.adapters, opened=[store("first"), store("second")])
    )

    async with wiring.opened():
        steps.append("serve")
    assert steps == ["open first", "open second", "serve", "close second", "close first"]

    steps.clear()
    with pytest.raises(LookupError):
        async with wiring.opened():
            raise LookupError
    assert steps == ["open first", "open second", "close second", "close first"]


async def test_a_commit_that_leaves_events_wakes_the_relay(testing_settings: Settings) -> None:
    wiring = wire(testing_settings)
    assert not wiring.events_waiting.event.is_set()

    await wiring.use_cases.catalogue.create_author(details_of())

    assert wiring.events_waiting.event.is_set()


async def test_a_commit_that_leaves_a_mail_wakes_its_relay(testing_settings: Settings) -> None:
    wiring = wire(testing_settings)
    client = Client(address="192.0.2.7", network="192.0.2.7", device="")

    await wiring.use_cases.authentication.passwords.ask_for_reset("ann@example.org", client)

    assert wiring.mails_waiting.event.is_set()
    assert not wiring.events_waiting.event.is_set()


async def test_a_read_does_not_wake_the_relay(testing_settings: Settings) -> None:
    wiring = wire(testing_settings)
    author = await wiring.use_cases.catalogue.create_author(details_of())
    wiring.events_waiting.event.clear()

    await wiring.use_cases.catalogue.get_author(author.id)
    await wiring.use_cases.relay.deliver_batch()

    assert not wiring.events_waiting.event.is_set()


async def test_each_wiring_has_stores_of_its_own(testing_settings: Settings) -> None:
    first, second = wire(testing_settings), wire(testing_settings)

    author = await first.use_cases.catalogue.create_author(details_of())

    assert await first.adapters.unit_of_work.read(lambda stores: stores.authors.get(author.id))
    assert not await second.adapters.unit_of_work.read(lambda stores: stores.authors.get(author.id))


@pytest.mark.parametrize("profile", ["development", "testing"])
async def test_tokens_of_roles_are_taken_in_development_and_testing(
    sqlite_path: Path, profile: str
) -> None:
    path = {} if profile == "testing" else {"FLASK_SQLITE_PATH": str(sqlite_path)}
    settings = load_settings({"FLASK_CONFIG": profile, **path}, dotenv=None)
    tokens = development_tokens(settings)
    assert tokens is not None

    entry = await wire(settings).use_cases.entrance.enter(
        tokens.issue(Role.EDITOR), None, "192.0.2.1"
    )

    assert entry.caller.permissions == PERMISSIONS[Role.EDITOR]


async def test_production_takes_none_not_even_one_that_its_own_key_has_signed(
    sqlite_path: Path,
) -> None:
    common = {"FLASK_SECRET_KEY": "q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe"}
    of_production = {
        **common,
        "FLASK_CONFIG": "production",
        "FLASK_ALLOWED_HOSTS": "api.example.org",
        "FLASK_ALLOW_EMBEDDED": "1",
    }
    elsewhere = development_tokens(load_settings(common, dotenv=None))
    assert elsewhere is not None
    production = wired(sqlite_path, **of_production)

    entry = await production.use_cases.entrance.enter(
        elsewhere.issue(Role.ADMIN), None, "192.0.2.1"
    )

    assert entry.caller is NOBODY
    assert isinstance(entry.refusal, InvalidToken)
