"""The ways of running the project that are tested, and the stores of each."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from service import wiring
from service.settings import load_settings
from tests.acceptance.server import PRODUCTION, Hypercorn
from tests.servers.databases import MongoDatabase, own_mongo_database, own_mysql_database

Settings = Mapping[str, str]


@dataclass(frozen=True)
class Form:
    """How many processes serve, with which options of Hypercorn, and on which stores."""

    on_servers: bool = True
    processes: int = 1
    options: tuple[str, ...] = PRODUCTION


@dataclass(frozen=True)
class Deployment:
    """Running servers on the same stores; requests of `client` take turns on them."""

    settings: Settings
    servers: list[Hypercorn]
    client: httpx.Client


SERVER_MARKS = (pytest.mark.mysql, pytest.mark.mongodb, pytest.mark.redis)

EMBEDDED = pytest.param(Form(on_servers=False, options=()), id="embedded")
ON_SERVERS = pytest.param(Form(), id="on servers", marks=SERVER_MARKS)
TWO_PROCESSES = pytest.param(Form(processes=2), id="two processes", marks=SERVER_MARKS)
TWO_WORKERS = pytest.param(
    Form(options=(*PRODUCTION, "--workers", "2")), id="two workers", marks=SERVER_MARKS
)


def server_settings(mysql: str, mongo: MongoDatabase, redis: str) -> Settings:
    """Give the settings of production on these servers."""
    return {
        "FLASK_CONFIG": "production",
        "FLASK_SECRET_KEY": secrets.token_urlsafe(48),
        "FLASK_ALLOWED_HOSTS": "127.0.0.1",
        "FLASK_PUBLIC_URL": "https://service.test",
        "FLASK_MYSQL_URI": mysql,
        "FLASK_MONGO_URI": mongo.uri,
        "FLASK_MONGO_DB_NAME": mongo.name,
        "FLASK_REDIS_URI": redis,
        # Nobody takes mails there: they wait.
        "FLASK_SMTP_URI": "smtp://127.0.0.1:1?tls=none",
        "FLASK_MAIL_FROM": "no-reply@service.test",
    }


@contextmanager
def own_databases(mysql: str, mongo: str, redis: str) -> Iterator[Settings]:
    """Give the settings for databases on these servers that are nobody else's, and empty."""
    with own_mysql_database(mysql) as address, own_mongo_database(mongo) as database:
        yield server_settings(address, database, redis)


def initialise(settings: Settings) -> None:
    """Bring the stores to ready."""
    asyncio.run(wiring.initialise(load_settings(settings, None)))
