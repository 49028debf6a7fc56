"""Who is limited, and what the answers tell."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from flask import Flask

from adapters.memory.limiter import MemoryRateLimiter
from domain.errors import StoreUnavailable
from domain.limits.entities import Limit
from service.application import create_app
from service.asgi import FlaskToAsgi
from service.hooks.rate_limits import rate_limits
from service.routes import RateClass, declared_rules
from service.settings import load_settings
from service.use_cases import UseCases
from tests.bad_requests import WHICHEVER_VERSION
from tests.unit.fakes import Fakes, raising

UNKNOWN = "/v1/authors/0198f2a0-5f5c-7b3e-8d5a-3f1f0e0c9a11"


class Monotonic:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def monotonic(fakes: Fakes) -> Monotonic:
    monotonic = Monotonic()
    fakes.rate_limiter = MemoryRateLimiter(monotonic=monotonic)
    return monotonic


@pytest.fixture
def limited(monotonic: Monotonic, use_cases: UseCases) -> Flask:
    """Four reads a minute, two writes, and as many batches as anybody likes."""
    environ = {
        "FLASK_CONFIG": "testing",
        "FLASK_RATE_LIMIT_READ": "4/60",
        "FLASK_RATE_LIMIT_WRITE": "2/60",
        "FLASK_RATE_LIMIT_BATCH": "off",
    }
    return create_app(load_settings(environ, dotenv=None), use_cases)


@asynccontextmanager
async def client_at(
    app: Flask, address: str | None, trusted_proxies: int = 0, **headers: str
) -> AsyncIterator[httpx.AsyncClient]:
    bridge = FlaskToAsgi(app, trusted_proxies=trusted_proxies)
    transport = httpx.ASGITransport(bridge, client=(address, 50123))
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://service.test",
        headers={**WHICHEVER_VERSION, **headers},
    ) as client:
        yield client


@pytest.fixture
async def client(limited: Flask) -> AsyncIterator[httpx.AsyncClient]:
    async with client_at(limited, "192.0.2.7") as client:
        yield client


def state(answer: httpx.Response) -> str | None:
    return answer.headers.get("ratelimit")


def test_each_declared_route_has_a_limit_in_the_settings(app: Flask) -> None:
    limits = rate_limits(load_settings({}, dotenv=None))

    assert set(limits) == set(RateClass)
    assert len(declared_rules(app)) > 5
    for rule, declared in declared_rules(app):
        assert declared.rate in limits, rule
        assert limits[declared.rate].name == declared.rate


def test_a_limit_that_is_off_is_none() -> None:
    settings = load_settings(
        {"FLASK_RATE_LIMIT_READ": "off", "FLASK_RATE_LIMIT_WRITE": "7/10"}, dotenv=None
    )

    assert rate_limits(settings) == {
        RateClass.WRITE: Limit("write", 7, 10),
        RateClass.BATCH: Limit("batch", 60, 60),
    }


async def test_each_answer_tells_the_policy_and_what_is_left(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/v1/authors") for _ in range(4)]

    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"read";q=4;w=60'}
    assert [state(answer) for answer in answers] == [
        '"read";r=3;t=45',
        '"read";r=2;t=30',
        '"read";r=1;t=45',
        '"read";r=0;t=60',
    ]


async def test_beyond_the_limit_is_a_problem_with_the_time_to_come_again(
    client: httpx.AsyncClient, monotonic: Monotonic
) -> None:
    for _ in range(4):
        await client.get("/v1/authors")
    monotonic.seconds += 0.5

    refused = await client.get("/v1/authors")

    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/quota-exceeded"
    assert refused.headers["retry-after"] == "15"
    assert refused.headers["ratelimit-policy"] == '"read";q=4;w=60'
    assert state(refused) == '"read";r=0;t=15'

    monotonic.seconds += int(refused.headers["retry-after"])
    assert (await client.get("/v1/authors")).status_code == 200


async def test_a_refused_change_is_not_made(client: httpx.AsyncClient, fakes: Fakes) -> None:
    client.headers.update(fakes.headers())
    answers = [await client.post("/v1/authors", json={"name": "Han Kang"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert len(await fakes.authors()) == 2


async def test_each_class_has_a_count_of_its_own(client: httpx.AsyncClient) -> None:
    for _ in range(3):
        await client.post("/v1/authors", json={"name": "Han Kang"})

    assert state(await client.get("/v1/authors")) == '"read";r=3;t=45'


async def test_routes_of_one_class_share_a_count(client: httpx.AsyncClient) -> None:
    await client.get("/v1/authors")
    await client.head("/v1/activity")

    assert state(await client.get("/v1/configuration")) == '"read";r=1;t=45'


async def test_errors_tell_what_is_left_too(client: httpx.AsyncClient, fakes: Fakes) -> None:
    missing = await client.get(UNKNOWN)
    invalid = await client.get("/v1/authors", params={"limit": "x"})
    fakes.unit_of_work.after_read = raising(StoreUnavailable("MySQL", "gone"))
    unavailable = await client.get(UNKNOWN)
    fakes.unit_of_work.after_read = raising(LookupError("a bug"))
    broken = await client.get(UNKNOWN)

    answers = (missing, invalid, unavailable, broken)
    assert [answer.status_code for answer in answers] == [404, 400, 503, 500]
    assert [str(state(answer)).split(";")[1] for answer in answers] == ["r=3", "r=2", "r=1", "r=0"]


async def test_what_reaches_no_view_is_not_limited(client: httpx.AsyncClient) -> None:
    for _ in range(10):
        answers = [
            await client.options("/v1/authors"),
            await client.get("/nowhere"),
            await client.get("/v1/authors/"),
            await client.delete("/v1/authors"),
        ]
        assert [answer.status_code for answer in answers] == [200, 404, 404, 405]
        assert {state(answer) for answer in answers} == {None}

    assert state(await client.get("/v1/authors")) == '"read";r=3;t=45'


async def test_an_address_that_is_no_declared_route_is_not_limited(limited: Flask) -> None:
    @limited.get("/healthz")
    async def healthz() -> str:
        return "ok"

    async with client_at(limited, "192.0.2.7") as client:
        answers = [await client.get("/healthz") for _ in range(10)]

    assert [(answer.status_code, state(answer)) for answer in answers] == [(200, None)] * 10


async def test_without_a_limit_nothing_is_told(use_cases: UseCases) -> None:
    off = {f"FLASK_RATE_LIMIT_{kind.upper()}": "off" for kind in RateClass}
    app = create_app(load_settings({"FLASK_CONFIG": "testing", **off}, dotenv=None), use_cases)

    async with client_at(app, "192.0.2.7") as client:
        answers = [await client.get("/v1/authors") for _ in range(10)]

    assert [(answer.status_code, state(answer)) for answer in answers] == [(200, None)] * 10
    assert "ratelimit-policy" not in answers[0].headers


async def test_each_address_has_a_count_of_its_own(limited: Flask) -> None:
    async with client_at(limited, "192.0.2.7") as one, client_at(limited, "192.0.2.8") as other:
        for _ in range(5):
            await one.get("/v1/authors")

        assert (await one.get("/v1/authors")).status_code == 429
        assert (await other.get("/v1/authors")).status_code == 200


async def test_addresses_of_one_ipv6_network_share_a_count(limited: Flask) -> None:
    for number in range(4):
        async with client_at(limited, f"2001:db8:1:2::{number}") as client:
            await client.get("/v1/authors")

    async with client_at(limited, "2001:db8:1:2:ffff::1") as same:
        assert (await same.get("/v1/authors")).status_code == 429
    async with client_at(limited, "2001:db8:1:3::1") as other:
        assert (await other.get("/v1/authors")).status_code == 200


async def test_clients_without_an_address_share_a_count(limited: Flask) -> None:
    for number in range(4):
        async with client_at(limited, None if number % 2 else "unix:") as client:
            assert (await client.get("/v1/authors")).status_code == 200

    async with client_at(limited, None) as client:
        assert (await client.get("/v1/authors")).status_code == 429


async def test_a_forged_forwarding_header_changes_nothing(limited: Flask) -> None:
    statuses = []
    for number in range(5):
        headers = {"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"}
        async with client_at(limited, "192.0.2.7", **headers) as client:
            statuses.append((await client.get("/v1/authors")).status_code)

    assert statuses == [200] * 4 + [429]


async def test_behind_a_trusted_proxy_the_address_that_it_names_counts(limited: Flask) -> None:
    async def status(forwarded: str) -> int:
        headers = {"X-Forwarded-For": forwarded}
        async with client_at(limited, "192.0.2.7", trusted_proxies=1, **headers) as client:
            return (await client.get("/v1/authors")).status_code

    assert [await status(f"198.51.100.{number}, 203.0.113.9") for number in range(5)] == (
        [200] * 4 + [429]
    )
    assert await status("203.0.113.9, 203.0.113.10") == 200


async def test_many_addresses_take_no_more_room_than_there_is(
    fakes: Fakes,
) -> None:
    fakes.rate_limiter = MemoryRateLimiter(max_accounts=100)
    app = create_app(load_settings({"FLASK_CONFIG": "testing"}, dotenv=None), fakes.use_cases())
    for number in range(300):
        async with client_at(app, f"198.51.{number // 256}.{number % 256}") as client:
            assert (await client.get("/v1/authors")).status_code == 200

    assert len(fakes.rate_limiter._whole_at) == 100
