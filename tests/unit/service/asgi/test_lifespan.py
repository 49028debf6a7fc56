import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from asgiref.testing import ApplicationCommunicator
from asgiref.typing import ASGIReceiveEvent, ASGISendEvent
from flask import Flask

from service.asgi import FlaskToAsgi, StartupFailed
from service.asgi.lifespan import Lifespan


def communicator(lifespan: Lifespan | None) -> ApplicationCommunicator:
    return ApplicationCommunicator(
        FlaskToAsgi(Flask("bridged"), lifespan=lifespan), {"type": "lifespan"}
    )


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
