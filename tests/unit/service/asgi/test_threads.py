import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    get_flashed_messages,
    request,
    session,
    stream_with_context,
)

from service.asgi import FlaskToAsgi
from service.asgi.threads import ThreadPool
from tests.unit.service.asgi.client import Exchange, exchange, http_scope

pytestmark = pytest.mark.usefixtures("each_way")

colour: ContextVar[str] = ContextVar("colour", default="none")


async def test_hooks_view_and_stream_of_a_sync_view_share_one_thread(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    @flask_app.before_request
    def connect() -> None:
        # It refuses to be used in another thread than this.
        g.database = sqlite3.connect(":memory:")

    @flask_app.get("/")
    def view() -> Response:
        found = g.database.execute("SELECT 1").fetchone()[0]

        def generate() -> Iterator[str]:
            yield f"{found} {request.path} {threading.current_thread() is g.thread}"

        g.thread = threading.current_thread()
        return Response(stream_with_context(generate()))

    @flask_app.teardown_appcontext
    def disconnect(_: BaseException | None) -> None:
        g.database.close()
        closed.append(threading.current_thread() is threading.main_thread())

    closed: list[bool] = []
    assert (await exchange(bridge)).body == b"1 / True"
    assert set(closed) == {False}


async def test_session_flashes_and_context_are_the_requests_own(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    flask_app.secret_key = "s" * 32

    @flask_app.before_request
    async def paint() -> None:
        await asyncio.sleep(0)
        colour.set(request.path)

    @flask_app.get("/<name>")
    def view(name: str) -> dict[str, Any]:
        session["name"] = name
        flash(f"hello {name}")
        meeting.wait(timeout=10)
        return {"g": colour.get(), "session": session["name"], "flashes": get_flashed_messages()}

    meeting = threading.Barrier(4)
    answers = await asyncio.gather(*(exchange(bridge, path=f"/{n}") for n in range(4)))
    assert [answer.body for answer in answers] == [
        b'{"flashes":["hello %d"],"g":"/%d","session":"%d"}\n' % (n, n, n) for n in range(4)
    ]
    assert all(b"set-cookie" in answer.headers for answer in answers)
    assert colour.get() == "none"


@pytest.mark.parametrize(
    "to_sync",
    [async_to_sync, lambda function: current_app.async_to_sync(function)],  # noqa: PLW0108
    ids=["asgiref", "flask"],
)
async def test_a_sync_view_reaches_the_servers_loop(
    flask_app: Flask, bridge: FlaskToAsgi, to_sync: Callable[..., Callable[[], bool]]
) -> None:
    async def is_servers_loop() -> bool:
        await asyncio.sleep(0)
        colour.set("green")
        return asyncio.get_running_loop() is loop

    @flask_app.get("/")
    def view() -> str:
        return f"{to_sync(is_servers_loop)()} {colour.get()}"

    loop = asyncio.get_running_loop()
    assert (await exchange(bridge)).body == b"True green"


async def test_the_loop_goes_on_while_sync_views_block(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    released = threading.Event()

    @flask_app.get("/sync")
    def synchronous() -> str:
        return str(released.wait(timeout=10))

    @flask_app.get("/async")
    async def asynchronous() -> str:
        return "meanwhile"

    blocked = asyncio.create_task(exchange(bridge, path="/sync"))
    assert (await exchange(bridge, path="/async")).body == b"meanwhile"
    assert not blocked.done()
    released.set()
    assert (await blocked).body == b"True"


async def test_a_full_pool_makes_requests_wait(flask_app: Flask) -> None:
    bridge = FlaskToAsgi(flask_app, sync_workers=2)
    lock, meeting = threading.Lock(), threading.Barrier(2)
    running: list[int] = [0, 0]

    @flask_app.get("/")
    def view() -> str:
        with lock:
            running[0] += 1
            running[1] = max(running)
        meeting.wait(timeout=10)
        with lock:
            running[0] -= 1
        return "done"

    answers = await asyncio.gather(*(exchange(bridge) for _ in range(6)))
    assert [answer.body for answer in answers] == [b"done"] * 6
    assert running == [0, 2]


async def test_a_sync_view_reads_its_body_and_streams_its_answer(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    @flask_app.post("/")
    def view() -> Response:
        body = request.get_data()
        return Response(iter([body[:2], body[2:]]))

    answer = await exchange(bridge, "POST", chunks=[b"abc", b"def"])
    assert answer.pieces == [b"ab", b"cdef", b""]


async def test_cancellation_reaches_what_a_sync_view_awaits(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    waiting, torn_down = asyncio.Event(), threading.Event()
    errors: list[str] = []

    async def wait_for_ever() -> None:
        waiting.set()
        await asyncio.Event().wait()

    @flask_app.get("/")
    def view() -> str:
        async_to_sync(wait_for_ever)()
        return "never"

    @flask_app.teardown_request
    def teardown(error: BaseException | None) -> None:
        errors.append(type(error).__name__)
        torn_down.set()

    request_ = Exchange(bridge, http_scope())
    task = asyncio.create_task(request_.run())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(torn_down.wait, 10)
    assert errors == ["CancelledError"]


async def test_a_closed_pool_starts_again_when_it_is_needed() -> None:
    pool = ThreadPool(1)
    first = await pool.run(threading.current_thread)
    pool.close()
    pool.close()
    assert await pool.run(threading.current_thread) is not first
    pool.close()
