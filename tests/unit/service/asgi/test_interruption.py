import asyncio
import logging
import math
import threading
from collections.abc import Iterator

import pytest
from asgiref.sync import async_to_sync
from asgiref.typing import ASGIReceiveEvent, ASGISendEvent
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from service.asgi import FlaskToAsgi, served, uninterrupted
from service.asgi.client import Client
from service.asgi.declarations import Declaration
from service.asgi.exchange import Exchange as RequestExchange
from service.asgi.patrol import Patrol
from tests.unit.service.asgi.client import END_OF_BODY, GONE, Caller, exchange

pytestmark = pytest.mark.usefixtures("each_way")


def chunk(body: bytes) -> ASGIReceiveEvent:
    return {"type": "http.request", "body": body, "more_body": True}


async def wait_for_ever(waiting: asyncio.Event, steps: list[str]) -> None:
    try:
        waiting.set()
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.sleep(0)
        steps.append("cancelled")
        raise


@pytest.mark.parametrize("body", [(), (END_OF_BODY,), (chunk(b"unread"), END_OF_BODY)])
async def test_a_client_that_goes_away_cancels_its_view(
    flask_app: Flask, bridge: FlaskToAsgi, body: tuple[ASGIReceiveEvent, ...]
) -> None:
    waiting, steps = asyncio.Event(), list[str]()

    @flask_app.get("/")
    async def view() -> str:
        await wait_for_ever(waiting, steps)
        return "never"

    @flask_app.teardown_request
    async def teardown(error: BaseException | None) -> None:
        await asyncio.sleep(0)
        steps.append(f"teardown after {type(error).__name__}")

    caller = Caller(bridge)
    await caller.says(*body)
    await waiting.wait()
    await caller.says(GONE)
    assert (await caller.ends()).sent == []
    assert steps == ["cancelled", "teardown after CancelledError"]
    assert not caller.task.cancelled()


async def test_what_a_sync_view_awaits_is_cancelled_with_it(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    waiting, steps, torn_down = asyncio.Event(), list[str](), threading.Event()

    @flask_app.get("/")
    def view() -> str:
        async_to_sync(wait_for_ever)(waiting, steps)
        return "never"

    @flask_app.teardown_request
    def teardown(error: BaseException | None) -> None:
        steps.append(f"teardown after {type(error).__name__}")
        torn_down.set()

    caller = Caller(bridge)
    await waiting.wait()
    await caller.says(GONE)
    await caller.ends()
    await asyncio.to_thread(torn_down.wait, 10)
    assert steps == ["cancelled", "teardown after CancelledError"]


async def test_a_client_is_not_heard_without_end(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    waiting = asyncio.Event()

    @flask_app.get("/")
    async def view() -> str:
        await waiting.wait()
        return "answer"

    caller = Caller(bridge)
    await caller.says(*[chunk(b"")] * 1000)
    await caller.is_heard(left=1000 - 256)
    for _ in range(10):
        await asyncio.sleep(0)
    assert caller.messages.qsize() == 1000 - 256
    waiting.set()
    assert (await caller.ends()).body == b"answer"


async def test_the_body_can_be_read_while_the_client_is_watched(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    watched = asyncio.Event()

    @flask_app.post("/")
    async def view() -> bytes:
        first = request.stream.read(3)
        await watched.wait()
        return first + b" " + request.stream.read()

    caller = Caller(bridge, "POST")
    await caller.says(chunk(b"abc"), chunk(b"d" * 70_000), chunk(b"e"))
    await caller.is_heard(left=1)
    # Received ahead, it has filled what may be: the rest is left to the server.
    assert caller.messages.qsize() == 1
    watched.set()
    await caller.is_heard()
    await caller.says(chunk(b"f"), END_OF_BODY)
    assert (await caller.ends()).body == b"abc " + b"d" * 70_000 + b"ef"


async def test_a_client_that_goes_away_while_its_body_is_read_is_an_error_of_the_view(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    @flask_app.post("/")
    async def view() -> bytes:
        await asyncio.sleep(0)
        return request.stream.read()

    caller = Caller(bridge, "POST")
    await caller.says(chunk(b"abc"), GONE)
    assert (await caller.ends()).status == 400


async def test_a_view_may_run_to_its_end(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    finish, steps = asyncio.Event(), list[str]()

    @flask_app.get("/")
    @served(to_its_end=True)
    async def view() -> str:
        await finish.wait()
        steps.append("finished")
        return "sent to nobody"

    @flask_app.get("/other")
    async def other() -> str:
        await asyncio.Event().wait()
        return "never"

    caller = Caller(bridge)
    await caller.says(END_OF_BODY, GONE)
    rival = Caller(bridge, path="/other")
    await rival.says(GONE)
    await rival.ends()
    finish.set()
    await caller.ends()
    assert steps == ["finished"]


async def test_an_uninterrupted_section_is_not_torn(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    committed, waiting, steps = asyncio.Event(), asyncio.Event(), list[str]()

    @flask_app.get("/")
    async def view() -> str:
        with uninterrupted():
            waiting.set()
            await committed.wait()
            steps.append("committed")
        await wait_for_ever(asyncio.Event(), steps)
        return "never"

    caller = Caller(bridge)
    await waiting.wait()
    await caller.says(GONE)
    await caller.is_heard()
    committed.set()
    await caller.ends()
    assert steps == ["committed", "cancelled"]


async def test_outside_a_request_uninterrupted_does_nothing() -> None:
    with uninterrupted():
        pass


async def test_a_view_that_survives_its_cancellation_may_answer(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    waiting = asyncio.Event()

    @flask_app.get("/")
    async def view() -> str:
        try:
            await wait_for_ever(waiting, [])
        except asyncio.CancelledError:
            return "survived"
        return "never"

    caller = Caller(bridge)
    await waiting.wait()
    await caller.says(GONE)
    assert (await caller.ends()).body == b"survived"


async def test_a_client_that_goes_away_closes_its_stream(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    steps: list[str] = []

    @flask_app.get("/")
    async def view() -> Response:
        def generate() -> Iterator[bytes]:
            try:
                while True:
                    yield b"x"
            finally:
                steps.append("generator")

        response = Response(generate())
        response.call_on_close(lambda: steps.append("closed"))
        return response

    async def held_up(message: ASGISendEvent) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    caller = Caller(bridge)
    caller.exchange.send = held_up
    await caller.says(END_OF_BODY, GONE)
    await caller.ends()
    assert sorted(steps) == ["closed", "generator"]


async def test_news_that_come_after_the_answer_interrupt_nothing(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    finish, steps = asyncio.Event(), list[str]()

    @flask_app.get("/")
    async def view() -> Response:
        async def close() -> None:
            await finish.wait()
            steps.append("closed")

        response = Response("x")
        response.call_on_close(flask_app.ensure_sync(close))
        return response

    caller = Caller(bridge)
    await caller.says(END_OF_BODY, GONE)
    await caller.is_heard()
    finish.set()
    assert (await caller.ends()).body == b"x"
    assert steps == ["closed"]


async def test_a_request_past_its_deadline_is_answered_by_the_applications_503(
    flask_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    bridge = FlaskToAsgi(flask_app, deadline=0.01)
    steps: list[str] = []

    @flask_app.get("/")
    async def view() -> str:
        await wait_for_ever(asyncio.Event(), steps)
        return "never"

    @flask_app.errorhandler(HTTPException)
    async def handle(error: HTTPException) -> tuple[dict[str, object], int]:
        await asyncio.sleep(0)
        return {"problem": error.name, "path": request.path}, error.code or 500

    with caplog.at_level(logging.WARNING, "service.asgi"):
        answer = await exchange(bridge)
    assert (answer.status, answer.body) == (
        503,
        b'{"path":"/","problem":"Service Unavailable"}\n',
    )
    assert steps == ["cancelled"]
    assert "GET '/' passed its deadline" in caplog.text


async def test_a_sync_view_past_its_deadline_is_given_up(flask_app: Flask) -> None:
    bridge = FlaskToAsgi(flask_app, deadline=0.01)
    released, ended, closed = threading.Event(), threading.Event(), list[bool]()

    @flask_app.get("/")
    def view() -> Response:
        released.wait(timeout=10)
        response = Response("too late")
        response.call_on_close(lambda: closed.append(True))
        response.call_on_close(ended.set)
        return response

    answer = await exchange(bridge)
    assert answer.status == 503
    released.set()
    await asyncio.to_thread(ended.wait, 10)
    assert closed == [True]
    assert len([message for message in answer.sent if "status" in message]) == 1


@pytest.mark.parametrize("declared", [math.inf, 3600])
async def test_a_view_may_have_a_deadline_of_its_own(flask_app: Flask, declared: float) -> None:
    bridge = FlaskToAsgi(flask_app, deadline=0.01)
    other_ended = asyncio.Event()

    @flask_app.get("/patient")
    @served(deadline=declared)
    async def patient() -> str:
        await other_ended.wait()
        return "in time"

    @flask_app.get("/")
    async def view() -> str:
        await asyncio.Event().wait()
        return "never"

    caller = Caller(bridge, path="/patient")
    assert (await exchange(bridge)).status == 503
    other_ended.set()
    assert (await caller.ends()).body == b"in time"


async def test_a_stream_that_has_begun_may_last(flask_app: Flask) -> None:
    bridge = FlaskToAsgi(flask_app, deadline=0.01)
    late = asyncio.Event()

    @flask_app.get("/stream")
    async def stream() -> Response:
        def generate() -> Iterator[str]:
            yield "begun, "
            flask_app.async_to_sync(late.wait)()
            yield "ended"

        return Response(generate())

    @flask_app.get("/")
    async def view() -> str:
        await asyncio.Event().wait()
        return "never"

    caller = Caller(bridge, path="/stream")
    assert (await exchange(bridge)).status == 503
    late.set()
    assert (await caller.ends()).body == b"begun, ended"


async def test_a_request_cancelled_from_outside_stays_cancelled(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    waiting = asyncio.Event()

    @flask_app.get("/")
    async def view() -> str:
        await wait_for_ever(waiting, [])
        return "never"

    caller = Caller(bridge)
    await waiting.wait()
    caller.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller.task


async def test_a_stream_ends_with_its_client_and_not_long_after(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    """Else each chunk for nobody is a warning in asyncio's log: thousands in a moment."""

    @flask_app.get("/")
    async def view() -> Response:
        return Response(b"x" for _ in iter(int, 1))

    caller = Caller(bridge)
    await caller.says(END_OF_BODY, GONE)
    exchange = await caller.ends()
    assert len(exchange.pieces) == 1


async def test_a_stream_that_has_been_left_is_not_looked_after() -> None:
    """As a thread may still send, when its request has been cancelled from outside."""

    async def send(_: ASGISendEvent) -> None:
        pass

    client = Client(asyncio.Queue[ASGIReceiveEvent]().get)
    left = RequestExchange(client, send, Declaration(), Patrol())
    left.leave()
    await left.send({"type": "http.response.body", "body": b"x", "more_body": True})
    assert client._watcher is None


async def test_an_endless_stream_lets_others_run(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    begun, stop = asyncio.Event(), asyncio.Event()

    def generate() -> Iterator[bytes]:
        while not stop.is_set():
            yield b"x"
            begun.set()

    @flask_app.get("/")
    async def view() -> Response:
        return Response(generate())

    caller = Caller(bridge)
    async with asyncio.timeout(10):
        await begun.wait()
        for _ in range(10):
            # Each time the stream has had a turn, and has given it back.
            await asyncio.sleep(0)
    stop.set()
    assert len((await caller.ends()).pieces) > 10
