"""Sessions over two processes that share MariaDB and Redis, also while Redis is away or empty."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from secrets import token_hex

import httpx
import pytest
import redis

from domain.authentication.guesses import BY_ACCOUNT
from tests.acceptance.accounts import Person, add_person, execute
from tests.acceptance.clients import client_of
from tests.acceptance.deployments import SERVER_MARKS, Settings, initialise, server_settings
from tests.acceptance.polling import until
from tests.acceptance.server import PRODUCTION, Hypercorn
from tests.servers import MariaDB, Mongo, Redis
from tests.servers.databases import MongoDatabase

pytestmark = list(SERVER_MARKS)

ME = "/v1/me"
SESSIONS = "/v1/sessions"
REFRESH = "/v1/sessions/refresh"
CURRENT = "/v1/sessions/current"
PROCESSES = 2

Tokens = dict[str, str]


@pytest.fixture(scope="module")
def settings(
    restartable_mysql: MariaDB, restartable_mongo: Mongo, restartable_redis: Redis
) -> Settings:
    mongo = MongoDatabase(restartable_mongo.uri, "imflask")
    settings = {
        **server_settings(restartable_mysql.uri, mongo, restartable_redis.uri),
        "FLASK_TRUSTED_PROXIES": "1",
    }
    initialise(settings)
    return settings


@pytest.fixture(scope="module")
def servers(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Hypercorn]]:
    folder = tmp_path_factory.mktemp("sessions")
    with ExitStack() as stack:
        servers = [Hypercorn(folder, settings, *PRODUCTION) for _ in range(PROCESSES)]
        yield [stack.enter_context(server) for server in servers]
        assert not any("Traceback" in server.output() for server in servers)


@pytest.fixture(scope="module")
def shared_client(servers: list[Hypercorn]) -> Iterator[httpx.Client]:
    with client_of(*servers) as client:
        yield client


@pytest.fixture
def client(shared_client: httpx.Client, servers: list[Hypercorn]) -> httpx.Client:
    """A client whose requests take turns on the processes, all of which use Redis."""

    def all_use_redis() -> bool:
        for _ in servers:
            shared_client.get(ME)
        told = [server.output() for server in servers]
        return all(it.count("Redis is away") == it.count("Redis is back.") for it in told)

    until(all_use_redis, "Redis is used by all processes")
    return shared_client


@pytest.fixture
def person(settings: Settings) -> Person:
    return add_person(settings)


def somewhere() -> dict[str, str]:
    """Give the header of an address that nobody had before."""
    return {"X-Forwarded-For": f"2001:db8:{token_hex(2)}:{token_hex(2)}::1"}


def sign_in(client: httpx.Client, person: Person, **others: object) -> Tokens:
    answer = client.post(SESSIONS, json=person.credentials(**others), headers=somewhere())
    assert answer.status_code == 201, answer.text
    tokens: Tokens = answer.json()
    return tokens


def refresh(client: httpx.Client, token: str) -> httpx.Response:
    return client.post(REFRESH, json={"refreshToken": token})


def bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['accessToken']}"}


def statuses(client: httpx.Client, tokens: Tokens) -> set[int]:
    """Ask each process who it is that has the token."""
    return {client.get(ME, headers=bearer(tokens)).status_code for _ in range(PROCESSES)}


def let_grace_pass(settings: Settings, person: Person) -> None:
    """Make it as if the last refresh were long ago."""
    assert execute(
        settings,
        "UPDATE sessions SET rotated_at = rotated_at - INTERVAL 1 HOUR WHERE account_id = :id",
        {"id": person.id},
    )


def test_of_twenty_refreshes_at_once_all_get_one_successor(
    client: httpx.Client, person: Person
) -> None:
    tokens = sign_in(client, person)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: refresh(client, tokens["refreshToken"]), range(20)))

    assert {answer.status_code for answer in answers} == {200}
    successors = {answer.json()["refreshToken"] for answer in answers}
    assert len(successors) == 1
    assert tokens["refreshToken"] not in successors
    assert all(statuses(client, answer.json()) == {200} for answer in answers[:3])
    assert refresh(client, successors.pop()).status_code == 200


def test_a_token_that_is_used_again_ends_its_session_and_no_other(
    client: httpx.Client, person: Person, settings: Settings
) -> None:
    other, stolen = sign_in(client, person), sign_in(client, person)
    newest = refresh(client, stolen["refreshToken"]).json()
    assert statuses(client, newest) == {200}
    let_grace_pass(settings, person)

    reused = refresh(client, stolen["refreshToken"])

    assert reused.status_code == 401
    assert reused.json()["type"] == "/problems/invalid-token"
    assert statuses(client, newest) == {401}
    assert refresh(client, newest["refreshToken"]).status_code == 401
    assert statuses(client, other) == {200}


def test_of_reuses_at_once_none_gets_through(
    client: httpx.Client, person: Person, settings: Settings
) -> None:
    stolen = sign_in(client, person)["refreshToken"]
    newest = refresh(client, stolen).json()["refreshToken"]
    let_grace_pass(settings, person)

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: refresh(client, stolen), range(10)))

    assert {answer.status_code for answer in answers} == {401}
    assert refresh(client, newest).status_code == 401


def test_signing_out_counts_at_once_and_for_good(
    client: httpx.Client, person: Person, restartable_redis: Redis
) -> None:
    tokens = sign_in(client, person)
    assert statuses(client, tokens) == {200}

    assert client.delete(CURRENT, headers=bearer(tokens)).status_code == 204

    assert statuses(client, tokens) == {401}
    assert refresh(client, tokens["refreshToken"]).status_code == 401
    with redis.Redis.from_url(restartable_redis.uri) as connection:
        connection.flushall()
    assert statuses(client, tokens) == {401}
    assert refresh(client, tokens["refreshToken"]).status_code == 401


def test_a_wiped_cache_ends_no_session(
    client: httpx.Client, person: Person, restartable_redis: Redis
) -> None:
    tokens = sign_in(client, person)
    assert statuses(client, tokens) == {200}

    with redis.Redis.from_url(restartable_redis.uri) as connection:
        connection.flushall()

    assert statuses(client, tokens) == {200}
    assert refresh(client, tokens["refreshToken"]).status_code == 200


def test_signing_out_counts_at_once_while_redis_is_away(
    client: httpx.Client, person: Person, restartable_redis: Redis
) -> None:
    tokens, kept = sign_in(client, person), sign_in(client, person)
    assert statuses(client, tokens) == {200}
    restartable_redis.kill()
    try:
        assert client.delete(CURRENT, headers=bearer(tokens)).status_code == 204

        assert statuses(client, tokens) == {401}
        assert statuses(client, kept) == {200}
    finally:
        restartable_redis.start()
    assert statuses(client, tokens) == {401}
    assert statuses(client, kept) == {200}


def test_guesses_are_stopped_over_processes_also_while_redis_is_away(
    client: httpx.Client, person: Person, restartable_redis: Redis
) -> None:
    device = sign_in(client, person)["deviceToken"]
    restartable_redis.kill()
    try:
        wrong = person.credentials(password="incorrect horse")
        with ThreadPoolExecutor(8) as threads:
            guesses = list(
                threads.map(
                    lambda _: client.post(SESSIONS, json=wrong, headers=somewhere()),
                    range(BY_ACCOUNT.quota + 6),
                )
            )

        codes = sorted(guess.status_code for guess in guesses)
        assert codes == [401] * BY_ACCOUNT.quota + [429] * 6
        right = client.post(SESSIONS, json=person.credentials(), headers=somewhere())
        assert right.status_code == 429
        assert 0 < int(right.headers["Retry-After"]) <= BY_ACCOUNT.window / BY_ACCOUNT.quota
        assert sign_in(client, person, deviceToken=device)
    finally:
        restartable_redis.start()


def test_people_see_and_end_their_sessions(client: httpx.Client, person: Person) -> None:
    first, second, third = (sign_in(client, person) for _ in range(3))

    listed = client.get("/v1/me/sessions", headers=bearer(second)).json()["items"]
    (mine,) = (it for it in listed if it["isCurrent"])
    other = next(it for it in listed if not it["isCurrent"])
    ended = client.delete(f"/v1/me/sessions/{other['id']}", headers=bearer(second))
    others = client.delete("/v1/me/sessions?keepCurrent=true", headers=bearer(second))

    assert len(listed) == 3
    assert mine["device"].startswith("python-httpx/")
    assert mine["address"].startswith("2001:db8:")
    assert (ended.status_code, others.status_code) == (204, 204)
    assert statuses(client, second) == {200}
    assert statuses(client, first) == statuses(client, third) == {401}

    assert client.delete("/v1/me/sessions", headers=bearer(second)).status_code == 204
    assert statuses(client, second) == {401}
