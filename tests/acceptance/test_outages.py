"""Each store goes away under the running server, and comes back: design's table of outages."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

import httpx
import pytest
import redis

from tests.acceptance.clients import check_told_once, client_of, created, items
from tests.acceptance.deployments import Settings, initialise, server_settings
from tests.acceptance.outbox import wait_until_delivered
from tests.acceptance.polling import until
from tests.acceptance.server import PRODUCTION, Hypercorn
from tests.servers import MariaDB, Mongo, Redis, Server
from tests.servers.databases import MongoDatabase

# What needs a store that is away is refused after this time at the latest; what does not need it
# waits for it no longer than this either.
STORE_TIMEOUT = 2.0

GOOD = {
    "create": 201,
    "read cached": 200,
    "read": 200,
    "list": 200,
    "change": 200,
    "delete": 204,
    "read activity": 200,
    "read configuration": 200,
    "configure": 200,
}
NEEDS_MYSQL = {"create", "read", "list", "change", "delete"}
NEEDS_MONGODB = {"read activity", "configure"}


class Way(NamedTuple):
    """A way for a store to go away, and to come back from there."""

    go: Callable[[Server], None]
    come_back: Callable[[Server], None]

    @contextmanager
    def away(self, store: Server) -> Iterator[None]:
        self.go(store)
        try:
            yield
        finally:
            self.come_back(store)


class Authors(NamedTuple):
    """Authors to ask for: the cache holds the first of them only."""

    cached: str
    changed: str
    deleted: str


ways = pytest.mark.parametrize(
    "way",
    [
        pytest.param(Way(Server.kill, Server.start), id="killed"),
        pytest.param(Way(Server.pause, Server.resume), id="paused"),
    ],
)


@pytest.fixture(scope="module")
def settings(
    restartable_mysql: MariaDB, restartable_mongo: Mongo, restartable_redis: Redis
) -> Settings:
    mongo = MongoDatabase(restartable_mongo.uri, "imflask")
    settings = {
        **server_settings(restartable_mysql.uri, mongo, restartable_redis.uri),
        "FLASK_STORE_TIMEOUT": str(STORE_TIMEOUT),
    }
    initialise(settings)
    return settings


@pytest.fixture(scope="module")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hypercorn]:
    with Hypercorn(tmp_path_factory.mktemp("server"), settings, *PRODUCTION) as server:
        yield server


@pytest.fixture
def client(server: Hypercorn) -> Iterator[httpx.Client]:
    """A client of the server, which meets all outages without a traceback."""
    with client_of(server) as client:
        yield client
    assert "Traceback" not in server.output()


@ways
def test_without_mysql_what_needs_it_is_refused(
    way: Way, restartable_mysql: MariaDB, client: httpx.Client, settings: Settings
) -> None:
    at_first, later = new_authors(client, settings), new_authors(client, settings)
    before = items(client, "/v1/authors")
    with way.away(restartable_mysql):
        check(ask_all(client, at_first), refused=NEEDS_MYSQL)
        wait_until_told(client, "MySQL does not answer")
        check(ask_all(client, later), refused=NEEDS_MYSQL)
    until(lambda: client.get("/v1/authors").status_code == 200, "MySQL is used again")
    assert items(client, "/v1/authors") == before
    check_recovery(client, settings)


@ways
def test_without_mongodb_all_is_served_but_its_own(
    way: Way, restartable_mongo: Mongo, client: httpx.Client, settings: Settings
) -> None:
    at_first, later = new_authors(client, settings), new_authors(client, settings)
    before = client.get("/v1/configuration").json()
    with way.away(restartable_mongo):
        check(ask_all(client, at_first), refused=NEEDS_MONGODB)
        wait_until_told(client, "MongoDB does not answer")
        check(ask_all(client, later), refused=NEEDS_MONGODB)
    until(lambda: client.get("/v1/activity").status_code == 200, "MongoDB is used again")
    assert client.get("/v1/configuration").json() == before
    wait_until_delivered(settings)
    for deleted in (at_first.deleted, later.deleted):
        events = items(client, "/v1/activity", subject=deleted)
        assert [event["kind"] for event in events] == ["author.deleted", "author.created"]
    check_recovery(client, settings)


@ways
def test_without_redis_all_is_served(
    way: Way, restartable_redis: Redis, client: httpx.Client, settings: Settings
) -> None:
    at_first, later = new_authors(client, settings), new_authors(client, settings)
    with way.away(restartable_redis):
        check(ask_all(client, at_first), refused=set())
        wait_until_told(client, "Redis does not answer")
        check(ask_all(client, later), refused=set())
    until(lambda: is_cached(client, settings, later.changed), "Redis is used again")
    check_recovery(client, settings)


def new_authors(client: httpx.Client, settings: Settings) -> Authors:
    """Create authors, and wait until their events are delivered and one of them is cached."""
    authors = Authors(*(created(client)["id"] for _ in Authors._fields))
    until(lambda: is_cached(client, settings, authors.cached), "the cache is used")
    wait_until_delivered(settings)
    return authors


def ask_all(client: httpx.Client, authors: Authors) -> dict[str, httpx.Response]:
    """Make one request of each kind, all at once."""
    configuration = client.get("/v1/configuration").json()
    requests: dict[str, Callable[[], httpx.Response]] = {
        "create": lambda: client.post("/v1/authors", json={"name": "Bea"}),
        "read cached": lambda: client.get(f"/v1/authors/{authors.cached}"),
        "read": lambda: client.get(f"/v1/authors/{authors.changed}"),
        "list": lambda: client.get("/v1/authors"),
        "change": lambda: client.patch(f"/v1/authors/{authors.changed}", json={"name": "Cleo"}),
        "delete": lambda: client.delete(f"/v1/authors/{authors.deleted}"),
        "read activity": lambda: client.get("/v1/activity"),
        "read configuration": lambda: client.get("/v1/configuration"),
        "configure": lambda: client.patch(
            "/v1/configuration", json={"signUpsOpen": not configuration["signUpsOpen"]}
        ),
    }
    with ThreadPoolExecutor(len(requests)) as threads:
        answers = threads.map(lambda request: request(), requests.values())
        return dict(zip(requests, answers, strict=True))


def check(answers: Mapping[str, httpx.Response], *, refused: set[str]) -> None:
    """Check that these are refused, in the way that a client understands, and all else is good."""
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {**GOOD, **dict.fromkeys(refused, 503)}
    for answer in (answers[name] for name in refused):
        assert answer.json()["type"] == "/problems/store-unavailable"
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
    waits = {name: answers[name].elapsed.total_seconds() for name in answers.keys() - refused}
    assert {name: wait for name, wait in waits.items() if wait >= STORE_TIMEOUT} == {}


def wait_until_told(client: httpx.Client, health: str) -> None:
    """Wait until the landing page, which asks the stores once in a while, tells this."""
    until(lambda: health in client.get("/").text, f"the landing page tells: {health}")


def check_recovery(client: httpx.Client, settings: Settings) -> None:
    """Check that all is served again, and each change of an author was told once."""
    check(ask_all(client, new_authors(client, settings)), refused=set())
    wait_until_told(client, "All is well")
    wait_until_delivered(settings)
    check_told_once(client)


def is_cached(client: httpx.Client, settings: Settings, author: str) -> bool:
    """Tell whether a read leaves the author in Redis."""
    client.get(f"/v1/authors/{author}")
    with redis.Redis.from_url(settings["FLASK_REDIS_URI"]) as connection:
        return bool(connection.keys(f"*:{author}"))
