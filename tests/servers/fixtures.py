"""Pytest fixtures: a server is started when the first test asks for it, at most once a process.

TEST_MYSQL_URI, TEST_MONGO_URI and TEST_REDIS_URI name servers to use instead. A server that is
neither named nor installed skips its tests, or fails them where REQUIRE_SERVERS is 1.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from tests.servers import MariaDB, Mongo, Redis, Server
from tests.servers.databases import (
    MongoDatabase,
    own_mongo_database,
    own_mysql_database,
    own_redis_prefix,
)

AnyServer = TypeVar("AnyServer", bound=Server)


def servers_required() -> bool:
    """Tell whether a missing server is a failure instead of a skip."""
    return os.environ.get("REQUIRE_SERVERS") == "1"


def unavailable(reason: str) -> NoReturn:
    """Skip the test that asked for a server, or fail it where servers are required."""
    if servers_required():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@contextmanager
def throw_away(kind: type[AnyServer]) -> Iterator[AnyServer]:
    """Run a server in a temporary folder that goes with it."""
    if reason := kind.missing():
        unavailable(reason)
    with tempfile.TemporaryDirectory(prefix="imflask-") as folder, kind(Path(folder)) as server:
        yield server


def configured_or_started(variable: str, kind: type[Server]) -> Iterator[str]:
    """Give the URI in this environment variable, else that of a throw-away server."""
    if uri := os.environ.get(variable):
        yield uri
        return
    with throw_away(kind) as server:
        yield server.uri


@pytest.fixture(scope="session")
def mysql_uri() -> Iterator[str]:
    """A MySQL or MariaDB server, which may hold other data: leave its database alone."""
    yield from configured_or_started("TEST_MYSQL_URI", MariaDB)


@pytest.fixture(scope="session")
def mongo_uri() -> Iterator[str]:
    """A server of the MongoDB protocol, which may hold other data."""
    yield from configured_or_started("TEST_MONGO_URI", Mongo)


@pytest.fixture(scope="session")
def redis_uri() -> Iterator[str]:
    """A Redis server, which may hold other data: use `redis_prefix` and never flush it."""
    yield from configured_or_started("TEST_REDIS_URI", Redis)


@pytest.fixture(scope="session")
def mysql_database(mysql_uri: str) -> Iterator[str]:
    """The URI of a database that all tests of this run share, without tables at first."""
    with own_mysql_database(mysql_uri) as uri:
        yield uri


@pytest.fixture
def empty_mysql_database(mysql_uri: str) -> Iterator[str]:
    """The URI of a database without tables for this test alone."""
    with own_mysql_database(mysql_uri) as uri:
        yield uri


@pytest.fixture(scope="session")
def mongo_database(mongo_uri: str) -> Iterator[MongoDatabase]:
    """A database that all tests of this run share, without collections at first."""
    with own_mongo_database(mongo_uri) as database:
        yield database


@pytest.fixture
def empty_mongo_database(mongo_uri: str) -> Iterator[MongoDatabase]:
    """A database without collections for this test alone."""
    with own_mongo_database(mongo_uri) as database:
        yield database


@pytest.fixture
def redis_prefix(redis_uri: str) -> Iterator[str]:
    """A prefix for the keys of this test alone; they are deleted after it."""
    with own_redis_prefix(redis_uri) as prefix:
        yield prefix


@pytest.fixture(scope="module")
def restartable_mysql() -> Iterator[MariaDB]:
    """A server of this module's own that its tests may stop, kill, pause and start again."""
    with throw_away(MariaDB) as server:
        yield server


@pytest.fixture(scope="module")
def restartable_mongo() -> Iterator[Mongo]:
    """A server of this module's own that its tests may stop, kill, pause and start again."""
    with throw_away(Mongo) as server:
        yield server


@pytest.fixture(scope="module")
def restartable_redis() -> Iterator[Redis]:
    """A server of this module's own that its tests may stop, kill, pause and start again."""
    with throw_away(Redis) as server:
        yield server
