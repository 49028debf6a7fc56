"""Limits of requests in time, over processes that share Redis."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from secrets import token_hex

import httpx
import pytest

from tests.acceptance.clients import client_of
from tests.acceptance.deployments import SERVER_MARKS, Settings
from tests.acceptance.server import PRODUCTION, Hypercorn

pytestmark = list(SERVER_MARKS)

# Addresses of this run alone: others may have asked the same Redis today.
NETWORK = f"2001:db8:{token_hex(2)}"

# A day long: nothing comes back while a test runs.
LIMITS = {"FLASK_RATE_LIMIT_READ": "50/86400", "FLASK_RATE_LIMIT_WRITE": "3/86400"}


@pytest.fixture(scope="module")
def administrator(
    settings_on_servers: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of two processes behind a proxy, which writes down the address that it is told."""
    settings = {**settings_on_servers, **LIMITS, "FLASK_TRUSTED_PROXIES": "1"}
    folder = tmp_path_factory.mktemp("limited")
    with ExitStack() as stack:
        servers = [stack.enter_context(Hypercorn(folder, settings, *PRODUCTION)) for _ in range(2)]
        yield stack.enter_context(client_of(*servers))


@pytest.fixture
def client(administrator: httpx.Client) -> Iterator[httpx.Client]:
    """The same, of somebody who does not say who they are."""
    authorization = administrator.headers.pop("Authorization")
    yield administrator
    administrator.headers["Authorization"] = authorization


def test_processes_let_exactly_one_quota_through_together(client: httpx.Client) -> None:
    def read(number: int) -> httpx.Response:
        forwarded = f"203.0.113.{number}, {NETWORK}:a::1"
        return client.get("/v1/authors", headers={"X-Forwarded-For": forwarded})

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(read, range(80)))

    passed = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert (len(passed), len(refused)) == (50, 30)
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"read";q=50;w=86400'}
    left = sorted(int(answer.headers["RateLimit"].split(";")[1][2:]) for answer in passed)
    assert left == list(range(50))
    for answer in refused:
        wait = answer.headers["Retry-After"]
        assert 0 < int(wait) <= 86400 / 50
        assert answer.headers["RateLimit"] == f'"read";r=0;t={wait}'


def test_each_address_that_the_proxy_names_has_a_quota(client: httpx.Client) -> None:
    for number in range(10):
        headers = {"X-Forwarded-For": f"{NETWORK}:{number}::1"}
        assert client.get("/v1/authors", headers=headers).status_code == 200


def test_an_account_has_one_quota_at_all_addresses_and_a_refused_change_is_not_made(
    administrator: httpx.Client,
) -> None:
    statuses = [
        administrator.post(
            "/v1/authors",
            json={"name": "x"},
            headers={"X-Forwarded-For": f"{NETWORK}:b{number}::1"},
        ).status_code
        for number in range(6)
    ]

    assert statuses == [201] * 3 + [429] * 3
    assert len(administrator.get("/v1/authors").json()["items"]) == 3
