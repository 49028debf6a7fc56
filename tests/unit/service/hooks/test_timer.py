"""How long requests take, and where the time goes."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from flask import Flask

from domain import timing
from domain.timing import TimedStore
from service.asgi import FlaskToAsgi, served
from service.hooks import Envelope, register_hooks
from tests.unit.service.asgi.client import exchange
from tests.unit.service.hooks.conftest import ClientOf, settings_of

AT_ONCE = (
    "2.500 s in stores (MySQL 2.500 s, Redis 0.500 s, of which 0.500 s at once), 0.500 s elsewhere"
)


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timing, "perf_counter", clock)
    return clock


@pytest.fixture
def resource(flask_app: Flask, clock: Clock) -> None:
    """A view that takes the seconds of its path: in MySQL, in Redis beside it, and elsewhere."""

    @flask_app.get("/<float:mysql>/<float:redis>/<float:elsewhere>")
    async def take(mysql: float, redis: float, elsewhere: float) -> str:
        with TimedStore("MySQL"):
            clock.now += mysql
            if redis:
                with TimedStore("Redis"):
                    clock.now += redis
        clock.now += elsewhere
        return "ok"


@pytest.mark.parametrize(
    "path,told",
    [
        ("/2.0/0.0/1.0", "2.000 s in stores (MySQL 2.000 s), 1.000 s elsewhere"),
        ("/0.0/0.0/3.0", "0.000 s in stores (MySQL 0.000 s), 3.000 s elsewhere"),
        ("/2.0/0.5/0.5", AT_ONCE),
    ],
)
async def test_a_slow_request_is_one_line(
    resource: None,
    client_of: ClientOf,
    path: str,
    told: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with client_of(FLASK_SLOW_REQUEST="3") as client:
        await client.get(path)

    (record,) = caplog.records
    route = "/<float:mysql>/<float:redis>/<float:elsewhere>"
    assert record.levelname == "WARNING"
    assert record.getMessage() == f"Slow request: GET {route}, 200 after 3.000 s: {told}"


@pytest.mark.parametrize("threshold,path", [("2.5", "/2.0/0.0/0.4"), ("0", "/9999.0/0.0/0.0")])
async def test_another_is_none(
    resource: None,
    client_of: ClientOf,
    threshold: str,
    path: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with client_of(FLASK_SLOW_REQUEST=threshold) as client:
        await client.get(path)

    assert caplog.records == []


async def test_a_path_that_matches_no_route_is_not_told(
    flask_app: Flask, client_of: ClientOf, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    @flask_app.before_request
    def wait() -> None:
        clock.now += 2

    async with client_of(FLASK_SLOW_REQUEST="1") as client:
        await client.get("/secret%0AINFO%20forged")

    (record,) = caplog.records
    assert record.getMessage() == (
        "Slow request: GET (no route), 404 after 2.000 s: 0.000 s in stores, 2.000 s elsewhere"
    )


async def test_what_comes_after_the_beginning_of_an_answer_does_not_count(
    flask_app: Flask, client_of: ClientOf, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    @flask_app.get("/")
    async def stream() -> AsyncIterator[bytes]:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"x"
                clock.now += 60

        return chunks()

    async with client_of(FLASK_SLOW_REQUEST="1") as client:
        assert (await client.get("/")).content == b"xxx"

    assert caplog.records == []


async def test_a_request_that_passes_its_deadline_is_told_with_its_route(
    flask_app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    @flask_app.get("/late")
    @served(deadline=0.01)
    async def late() -> str:
        with TimedStore("MySQL"):
            clock.now += 5
            await asyncio.Event().wait()
        return ""

    settings = settings_of(FLASK_SLOW_REQUEST="1")
    register_hooks(flask_app, settings)
    answer = await exchange(
        Envelope(FlaskToAsgi(flask_app), settings), path="/late", headers=[(b"host", b"localhost")]
    )

    assert answer.status == 503
    assert caplog.messages[-1] == (
        "Slow request: GET /late, 503 after 5.000 s: 5.000 s in stores (MySQL 5.000 s), "
        "0.000 s elsewhere"
    )


async def test_a_request_whose_client_gave_up_is_told_too(
    flask_app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    @flask_app.get("/abandoned")
    async def abandoned() -> str:
        clock.now += 5
        await asyncio.Event().wait()
        return ""

    settings = settings_of(FLASK_SLOW_REQUEST="1")
    register_hooks(flask_app, settings)
    answer = await exchange(
        Envelope(FlaskToAsgi(flask_app), settings),
        path="/abandoned",
        headers=[(b"host", b"localhost")],
        disconnects=True,
    )

    assert answer.sent == []
    assert "GET /abandoned, no answer after 5.000 s: 0.000 s in stores" in caplog.messages[-1]


async def test_in_development_each_answer_says_where_its_time_went(
    resource: None, client_of: ClientOf
) -> None:
    async with client_of(FLASK_CONFIG="development", FLASK_SLOW_REQUEST="0") as client:
        answer = await client.get("/2.0/0.5/0.25")

    assert answer.headers["server-timing"] == (
        "total;dur=2750.00, stores;dur=2500.00, mysql;dur=2500.00, redis;dur=500.00"
    )


async def test_elsewhere_that_is_nobodys_business(resource: None, client_of: ClientOf) -> None:
    async with client_of() as client:
        answer = await client.get("/2.0/0.5/0.25")

    assert "server-timing" not in answer.headers


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_times_of_requests_at_once_are_their_own(
    flask_app: Flask, client_of: ClientOf, kind: str
) -> None:
    """On the real clock: what is checked is who is timed, not how long."""

    async def ask() -> None:
        with TimedStore("MySQL"):
            await asyncio.sleep(0)

    async def ask_view() -> str:
        await ask()
        return ""

    def ask_in_thread() -> str:
        flask_app.async_to_sync(ask)()
        return ""

    async def idle() -> str:
        await asyncio.sleep(0)
        return ""

    flask_app.add_url_rule("/ask", "ask", ask_view if kind == "async" else ask_in_thread)
    flask_app.add_url_rule("/idle", "idle", idle)
    async with client_of(FLASK_CONFIG="development") as client:
        asked, idled = await asyncio.gather(client.get("/ask"), client.get("/idle"))

    number = r"\d+\.\d\d"
    told = rf"total;dur={number}, stores;dur={number}, mysql;dur={number}"
    assert re.fullmatch(told, asked.headers["server-timing"])
    assert re.fullmatch(rf"total;dur={number}, stores;dur=0.00", idled.headers["server-timing"])
