"""AsyncTestClient: the application answers on the test's own loop."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import httpx
import pytest
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from flask import Flask, request, session

from service.asgi import FlaskToAsgi, StartupFailed, run_in_greenlet
from service.asgi.testing import AsyncTestClient
from tests.unit.service.asgi.loop_bound import LoopBound

pytestmark = pytest.mark.usefixtures("each_way")

colour: ContextVar[str] = ContextVar("colour", default="none")


@pytest.fixture
def pool() -> LoopBound:
    return LoopBound()


@pytest.fixture
def bridge(flask_app: Flask, pool: LoopBound) -> FlaskToAsgi:
    return FlaskToAsgi(flask_app, lifespan=pool.lifespan)


@pytest.fixture
async def client(bridge: FlaskToAsgi) -> AsyncIterator[AsyncTestClient]:
    async with AsyncTestClient(bridge) as client:
        yield client


async def test_requests_share_the_loop_of_the_lifespan(
    flask_app: Flask, pool: LoopBound, client: AsyncTestClient
) -> None:
    flask_app.add_url_rule("/async", "async", pool.use)
    flask_app.add_url_rule("/sync", "sync", flask_app.async_to_sync(pool.use))
    answers = await asyncio.gather(*(client.get(path) for path in ["/async", "/sync"] * 3))
    assert [answer.text for answer in answers] == ["used"] * 6
    assert await pool.use() == "used"
    assert pool.steps == ["opened"]


async def test_the_sync_test_client_shares_it(
    flask_app: Flask, pool: LoopBound, client: AsyncTestClient
) -> None:
    flask_app.add_url_rule("/", "view", pool.use)
    sync_client = flask_app.test_client()
    assert (await run_in_greenlet(sync_client.get, "/")).text == "used"
    assert (await asyncio.to_thread(sync_client.get, "/")).text == "used"


async def test_the_lifespan_is_left_in_the_end(bridge: FlaskToAsgi, pool: LoopBound) -> None:
    with pytest.raises(LookupError):
        async with AsyncTestClient(bridge):
            raise LookupError
    async with AsyncTestClient(bridge):
        assert pool.steps == ["opened", "closed", "opened"]
    assert pool.steps == ["opened", "closed"] * 2


async def test_it_is_an_httpx_client(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    flask_app.secret_key = "s" * 32

    @flask_app.post("/")
    async def view() -> str:
        session["visits"] = session.get("visits", 0) + 1
        return f"{session['visits']} {request.get_json()} {request.host} {request.headers['X-Key']}"

    async with AsyncTestClient(
        bridge, base_url="http://example.org", headers={"X-Key": "value"}
    ) as client:
        assert isinstance(client, httpx.AsyncClient)
        answers = [(await client.post("/", json=[1])).text for _ in range(2)]
    assert answers == ["1 [1] example.org value", "2 [1] example.org value"]


async def test_a_request_keeps_to_a_context_of_its_own(
    flask_app: Flask, client: AsyncTestClient
) -> None:
    @flask_app.get("/")
    async def view() -> str:
        colour.set("green")
        return colour.get()

    assert (await client.get("/")).text == "green"
    assert colour.get() == "none"


async def test_a_request_that_is_given_up_is_cancelled(
    flask_app: Flask, client: AsyncTestClient
) -> None:
    waiting, steps = asyncio.Event(), []

    @flask_app.get("/")
    async def view() -> str:
        waiting.set()
        await asyncio.Event().wait()
        return "never"

    @flask_app.teardown_request
    def tear_down(error: BaseException | None) -> None:
        steps.append(type(error))

    asking = asyncio.create_task(client.get("/"))
    await waiting.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert steps == [asyncio.CancelledError]


async def test_a_failed_start_is_raised_with_its_message(flask_app: Flask) -> None:
    @asynccontextmanager
    async def unreachable() -> AsyncIterator[None]:
        raise StartupFailed("The store is away: start it.")
        yield

    with pytest.raises(StartupFailed, match=r"^The store is away: start it\.$"):
        async with AsyncTestClient(FlaskToAsgi(flask_app, lifespan=unreachable)):
            pytest.fail("It must not start.")


async def test_a_start_and_a_shutdown_that_hang_are_given_up(flask_app: Flask) -> None:
    @asynccontextmanager
    async def hanging(at: list[str]) -> AsyncIterator[None]:
        if "start" in at:
            await asyncio.Event().wait()
        yield
        await asyncio.Event().wait()

    bridge = FlaskToAsgi(flask_app, lifespan=lambda: hanging(["start"]), startup_timeout=0.05)
    with pytest.raises(StartupFailed, match="Start-up hung"):
        async with AsyncTestClient(bridge):
            pytest.fail("It must not start.")

    bridge = FlaskToAsgi(flask_app, lifespan=lambda: hanging([]), shutdown_timeout=0.05)
    with pytest.raises(RuntimeError, match="Shutdown hung"):
        async with AsyncTestClient(bridge):
            pass


@pytest.mark.parametrize("event", ["lifespan.startup", "lifespan.shutdown"])
async def test_an_application_that_leaves_its_lifespan_is_told_of(event: str) -> None:
    async def application(_: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if (await receive())["type"] != event:
            await send({"type": "lifespan.startup.complete"})
            await receive()

    with pytest.raises(RuntimeError, match=f"without an answer to {event}"):
        async with AsyncTestClient(application):
            pass


async def test_what_an_application_raises_in_its_lifespan_is_raised() -> None:
    async def application(_: Scope, _r: ASGIReceiveCallable, _s: ASGISendCallable) -> None:
        raise LookupError("no lifespan here")

    with pytest.raises(LookupError, match="no lifespan here"):
        async with AsyncTestClient(application):
            pytest.fail("It must not start.")


def python(program: str) -> list[str]:
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return (ended.stdout + ended.stderr).splitlines()


def test_nothing_else_of_the_bridge_needs_httpx() -> None:
    program = "import sys; sys.modules['httpx'] = None; import service.asgi; print('imported')\n"
    assert python(program) == ["imported"]
    *_, error = python(program + "import service.asgi.testing")
    assert "httpx" in error
    assert error.startswith(("ImportError", "ModuleNotFoundError"))
