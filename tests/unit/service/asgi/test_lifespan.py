import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from asgiref.testing import ApplicationCommunicator
from asgiref.typing import ASGIReceiveEvent, ASGISendEvent
from flask import Flask

from service.asgi import FlaskToAsgi, StartupFailed
from service.asgi import lifespan as lifespan_module
from service.asgi.lifetime import Lifespan
from tests.unit.service.asgi.client import exchange

pytestmark = pytest.mark.usefixtures("each_way")


def communicator(lifespan: Lifespan | None, **settings: float) -> ApplicationCommunicator:
    return communicator_with(FlaskToAsgi(Flask("bridged"), lifespan=lifespan, **settings))  # type: ignore[arg-type]


def communicator_with(bridge: FlaskToAsgi) -> ApplicationCommunicator:
    return ApplicationCommunicator(bridge, {"type": "lifespan"})


async def shut_down(server: ApplicationCommunicator) -> ASGISendEvent:
    await server.send_input({"type": "lifespan.shutdown"})
    answer: ASGISendEvent = await server.receive_output()
    await server.wait()
    return answer


async def start_up(server: ApplicationCommunicator) -> ASGISendEvent:
    await server.send_input({"type": "lifespan.startup"})
    answer: ASGISendEvent = await server.receive_output()
    return answer


async def test_it_is_entered_at_start_and_left_at_shutdown_in_one_task() -> None:
    tasks: list[asyncio.Task[None] | None] = []

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        tasks.append(asyncio.current_task())
        yield
        tasks.append(asyncio.current_task())

    server = communicator(lifespan)
    assert (await start_up(server))["type"] == "lifespan.startup.complete"
    assert len(tasks) == 1
    assert (await shut_down(server))["type"] == "lifespan.shutdown.complete"
    assert len(tasks) == 2
    assert tasks[0] is tasks[1]


async def test_without_one_start_and_shutdown_are_complete() -> None:
    server = communicator(None)
    assert (await start_up(server))["type"] == "lifespan.startup.complete"
    assert (await shut_down(server))["type"] == "lifespan.shutdown.complete"


@asynccontextmanager
async def unreachable() -> AsyncIterator[None]:
    raise StartupFailed("The store is away: start it.")
    yield


@asynccontextmanager
async def broken_at_start() -> AsyncIterator[None]:
    raise LookupError("a bug")
    yield


@asynccontextmanager
async def broken_at_end() -> AsyncIterator[None]:
    yield
    raise LookupError("a bug")


async def test_an_expected_failure_is_reported_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = await start_up(communicator(unreachable))
    assert answer == {
        "type": "lifespan.startup.failed",
        "message": "The store is away: start it.",
    }
    assert caplog.records == []


async def test_a_bug_at_start_is_logged_with_its_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR, "service.asgi"):
        answer = await start_up(communicator(broken_at_start))
    assert answer["type"] == "lifespan.startup.failed"
    assert answer["message"] == "Start-up failed: the reason is in the log."
    assert "LookupError: a bug" in caplog.text


async def test_a_failed_shutdown_is_logged_and_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = communicator(broken_at_end)
    await start_up(server)
    with caplog.at_level(logging.ERROR, "service.asgi"):
        answer = await shut_down(server)
    assert answer["type"] == "lifespan.shutdown.failed"
    assert "LookupError: a bug" in caplog.text


async def test_a_cancelled_lifespan_is_left() -> None:
    left: list[bool] = []

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        try:
            yield
        finally:
            left.append(True)

    server = communicator(lifespan)
    await start_up(server)
    server.stop()
    with pytest.raises(asyncio.CancelledError):
        await server.future
    assert left == [True]


def test_a_server_that_raises_at_a_failure_is_ended_with_the_message() -> None:
    async def receive() -> ASGIReceiveEvent:
        return {"type": "lifespan.startup"}

    async def send(message: ASGISendEvent) -> None:
        raise RuntimeError(message)

    async def serve() -> None:
        await FlaskToAsgi(Flask("bridged"), lifespan=unreachable)(
            {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}}, receive, send
        )

    with pytest.raises(SystemExit, match="The store is away") as caught:
        asyncio.run(serve())
    assert caught.value.__suppress_context__


async def test_a_start_that_hangs_is_cancelled_and_reported_in_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cleaned: list[bool] = []

    @asynccontextmanager
    async def hanging() -> AsyncIterator[None]:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)
        yield

    answer = await start_up(communicator(hanging, startup_timeout=0.01))
    message = "Start-up hung, and was given up after 0.01 seconds."
    assert answer == {"type": "lifespan.startup.failed", "message": message}
    assert caplog.messages == []
    assert cleaned == [True]


async def test_a_shutdown_that_hangs_is_logged_and_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @asynccontextmanager
    async def hanging() -> AsyncIterator[None]:
        yield
        await asyncio.Event().wait()

    server = communicator(hanging, shutdown_timeout=0.01)
    await start_up(server)
    answer = await shut_down(server)
    message = "Shutdown hung, and was given up after 0.01 seconds."
    assert answer == {"type": "lifespan.shutdown.failed", "message": message}
    assert caplog.messages == [message]


async def test_what_does_not_heed_its_cancellation_is_left_behind(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lifespan_module, "GRACE", 0.01)
    released, ended = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def stubborn() -> AsyncIterator[None]:
        yield
        while not released.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await released.wait()
        ended.set()
        raise LookupError("too late to matter")

    server = communicator(stubborn, shutdown_timeout=0.01)
    await start_up(server)
    assert (await shut_down(server))["type"] == "lifespan.shutdown.failed"
    assert not ended.is_set()
    released.set()
    await ended.wait()
    assert len(caplog.messages) == 1


async def test_a_timeout_of_the_lifespans_own_is_a_bug_like_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @asynccontextmanager
    async def impatient() -> AsyncIterator[None]:
        raise TimeoutError("a store's")
        yield

    answer = await start_up(communicator(impatient))
    assert answer["type"] == "lifespan.startup.failed"
    assert "TimeoutError: a store's" in caplog.text


async def test_a_background_task_that_fails_ends_the_lifespan(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fails = asyncio.Event()

    async def work() -> None:
        await fails.wait()
        raise LookupError("a bug")

    @asynccontextmanager
    async def working() -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(work())
            yield

    server = communicator(working)
    await start_up(server)
    fails.set()
    answer = await server.receive_output()
    assert answer["type"] == "lifespan.shutdown.failed"
    assert "LookupError: a bug" in caplog.text


@pytest.mark.parametrize("lifespan", [None, broken_at_end])
async def test_the_pools_threads_end_with_the_lifespan(lifespan: Lifespan | None) -> None:
    flask_app, threads = Flask("bridged"), list[threading.Thread]()

    @flask_app.get("/")
    def view() -> str:
        threads.append(threading.current_thread())
        return "done"

    bridge = FlaskToAsgi(flask_app, lifespan=lifespan)
    server = communicator_with(bridge)
    await start_up(server)
    assert (await exchange(bridge)).body == b"done"
    assert threads[0].is_alive()
    await shut_down(server)
    await asyncio.to_thread(threads[0].join, 10)
    assert not threads[0].is_alive()
