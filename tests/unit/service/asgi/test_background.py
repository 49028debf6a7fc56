"""Background tasks: they outlive their request, and end with the application."""

import asyncio
import gc
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar

import pytest
from asgiref.sync import sync_to_async
from flask import Flask, current_app, has_request_context

from service.asgi import FlaskToAsgi, start_background_task, started
from service.asgi.exchange import current_exchange
from service.asgi.testing import AsyncTestClient
from tests.unit.service.asgi.client import http_scope
from tests.unit.service.asgi.loop_bound import LoopBound

pytestmark = pytest.mark.usefixtures("each_way")

colour: ContextVar[str] = ContextVar("colour", default="none")


@pytest.fixture
async def client(bridge: FlaskToAsgi) -> AsyncIterator[AsyncTestClient]:
    async with AsyncTestClient(bridge) as client:
        yield client


def records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "service.asgi.background"]


@pytest.mark.parametrize("is_async", [True, False], ids=["async", "sync"])
async def test_it_outlives_its_request(
    flask_app: Flask, client: AsyncTestClient, is_async: object
) -> None:
    going, done = asyncio.Event(), asyncio.Event()

    async def work(text: str, *, end: str) -> None:
        await going.wait()
        assert text + end == "text!"
        done.set()

    def synchronous() -> str:
        start_background_task(work, "text", end="!")
        return "started"

    async def asynchronous() -> str:
        return synchronous()

    flask_app.add_url_rule("/", "view", asynchronous if is_async else synchronous)
    assert (await client.get("/")).text == "started"
    # The loop itself would not keep it.
    gc.collect()
    going.set()
    async with asyncio.timeout(10):
        await done.wait()


async def test_it_has_the_apps_context_and_none_of_the_requests(
    flask_app: Flask, client: AsyncTestClient
) -> None:
    seen = asyncio.get_running_loop().create_future()

    async def work() -> None:
        await asyncio.sleep(0)
        found = (current_app.name, has_request_context(), colour.get(), current_exchange.get())
        seen.set_result(found)

    @flask_app.get("/")
    async def view() -> str:
        colour.set("green")
        start_background_task(work)
        return "started"

    await client.get("/")
    assert await asyncio.wait_for(seen, 10) == ("bridged", False, "none", None)


async def test_its_context_ends_with_it_and_what_is_async_there_is_awaited(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    steps: list[str] = []

    @flask_app.teardown_appcontext
    async def tear_down(_: BaseException | None) -> None:
        await asyncio.sleep(0)
        steps.append("torn down")

    async def note() -> None:
        steps.append("noted")

    async def work() -> None:
        await sync_to_async(lambda: steps.append("in a thread"))()
        current_app.async_to_sync(note)()

    @flask_app.get("/")
    async def view() -> str:
        start_background_task(work)
        return "started"

    async with AsyncTestClient(bridge) as client:
        await client.get("/")
    assert steps[-1] == "torn down"
    # The request's context has ended too.
    assert sorted(steps) == ["in a thread", "noted", "torn down", "torn down"]


async def test_a_client_that_leaves_does_not_touch_it(
    flask_app: Flask, bridge: FlaskToAsgi, client: AsyncTestClient
) -> None:
    going, done, waiting = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await going.wait()
        done.set()

    @flask_app.get("/")
    async def view() -> str:
        start_background_task(work)
        waiting.set()
        await asyncio.Event().wait()
        return "never"

    async def receive() -> dict[str, object]:
        await waiting.wait()
        return {"type": "http.disconnect"}

    async def send(_: object) -> None:
        pytest.fail("There is nobody to answer.")

    await asyncio.create_task(bridge(http_scope(), receive, send))
    going.set()
    async with asyncio.timeout(10):
        await done.wait()


async def test_a_failure_is_logged_once_with_its_traceback(
    flask_app: Flask, bridge: FlaskToAsgi, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise LookupError("a bug")

    async with AsyncTestClient(bridge):
        with flask_app.app_context():
            start_background_task(fail)
    (record,) = records(caplog)
    assert record.levelno == logging.ERROR
    assert record.getMessage().endswith("<locals>.fail failed")
    assert caplog.text.count("LookupError: a bug") == 1


async def test_shutdown_waits_for_it_before_the_lifespan_ends(
    flask_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    pool = LoopBound()

    async def work() -> None:
        for _ in range(10):
            await pool.use()
        pool.steps.append("worked")

    async with AsyncTestClient(FlaskToAsgi(flask_app, lifespan=pool.lifespan)):
        with flask_app.app_context():
            start_background_task(work)
    assert pool.steps == ["opened", "worked", "closed"]
    assert records(caplog) == []


async def test_what_outlasts_the_shutdown_is_cancelled_and_named(
    flask_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        yield
        steps.append("closed")

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            steps.append("cleaned up")

    async with AsyncTestClient(FlaskToAsgi(flask_app, lifespan=lifespan, shutdown_timeout=0.2)):
        with flask_app.app_context():
            start_background_task(hang)
    assert steps == ["cleaned up", "closed"]
    (record,) = records(caplog)
    assert record.levelno == logging.WARNING
    assert "<locals>.hang was cancelled" in record.getMessage()


async def test_a_task_may_start_another_but_not_during_shutdown(
    flask_app: Flask, bridge: FlaskToAsgi, caplog: pytest.LogCaptureFixture
) -> None:
    another = asyncio.Event()

    async def work() -> None:
        while True:
            start_background_task(end)
            await asyncio.sleep(0)

    async def end() -> None:
        another.set()

    async with AsyncTestClient(bridge), asyncio.timeout(10):
        with flask_app.app_context():
            start_background_task(work)
        await another.wait()
    assert "RuntimeError: No background task is started" in caplog.text


async def test_their_number_is_bounded(flask_app: Flask) -> None:
    going = asyncio.Event()

    @flask_app.get("/")
    async def view() -> str:
        start_background_task(going.wait)
        return "started"

    async with AsyncTestClient(FlaskToAsgi(flask_app, max_background_tasks=2)) as client:
        answers = [await client.get("/") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 503]
        assert answers[2].headers["Retry-After"] == "1"
        assert "2 background tasks run already." in answers[2].text
        going.set()
        async with asyncio.timeout(10):
            while (await client.get("/")).status_code != 200:
                continue


def test_sync_code_starts_them_from_any_thread(flask_app: Flask) -> None:
    pool = LoopBound()
    used = []

    async def work(number: int) -> None:
        used.append((number, await pool.use()))

    @flask_app.get("/<int:number>")
    def view(number: int) -> str:
        start_background_task(work, number)
        return "started"

    @flask_app.cli.command("work")
    def command() -> None:
        start_background_task(work, 9)

    FlaskToAsgi(flask_app, lifespan=pool.lifespan)
    with started(flask_app), ThreadPoolExecutor(2) as threads:
        answers = threads.map(flask_app.test_client().get, ["/1", "/2", "/3"])
        assert [answer.text for answer in answers] == ["started"] * 3
        assert flask_app.test_cli_runner().invoke(args=["work"]).exit_code == 0
    assert sorted(used) == [(number, "used") for number in (1, 2, 3, 9)]


def test_they_go_on_while_sync_code_does_something_else(flask_app: Flask) -> None:
    done = threading.Event()

    async def work() -> None:
        # asgiref has a thread of its own for it, not the one that has started the application.
        await sync_to_async(done.set)()

    FlaskToAsgi(flask_app)
    with started(flask_app), flask_app.app_context():
        start_background_task(work)
        assert done.wait(10)


def test_where_the_application_is_not_started_they_are_refused(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    async def work() -> None:
        pytest.fail("It must not start.")

    with flask_app.app_context(), pytest.raises(RuntimeError, match="not running"):
        start_background_task(work)
    with Flask("bare").app_context(), pytest.raises(RuntimeError, match="FlaskToAsgi"):
        start_background_task(work)
    with pytest.raises(RuntimeError, match="application context"):
        start_background_task(work)


@pytest.mark.parametrize("function", [print, "text"])
def test_what_is_no_coroutine_function_is_refused(
    flask_app: Flask, bridge: FlaskToAsgi, function: Callable[[], Awaitable[None]]
) -> None:
    with flask_app.app_context(), pytest.raises(TypeError, match="coroutine function"):
        start_background_task(function)
