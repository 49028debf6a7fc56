import asyncio
import gc
import weakref
from contextvars import ContextVar

import pytest
from asgiref.testing import ApplicationCommunicator
from asgiref.wsgi import WsgiToAsgi
from flask import Flask, Response, current_app, g, request
from flask.views import MethodView

from service.asgi import FlaskToAsgi
from tests.unit.service.asgi.client import Exchange, exchange, http_scope

pytestmark = pytest.mark.usefixtures("each_way")

colour: ContextVar[str] = ContextVar("colour", default="none")


def test_it_is_a_wsgi_to_asgi(bridge: FlaskToAsgi) -> None:
    assert isinstance(bridge, WsgiToAsgi)


async def test_async_sync_and_method_views(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    class Methods(MethodView):
        async def get(self) -> str:
            await asyncio.sleep(0)
            return "method"

    @flask_app.get("/async")
    async def asynchronous() -> str:
        await asyncio.sleep(0)
        return "async"

    @flask_app.get("/sync")
    def synchronous() -> str:
        return "sync"

    flask_app.add_url_rule("/method", view_func=Methods.as_view("method"))
    for name in ("async", "sync", "method"):
        answer = await exchange(bridge, path=f"/{name}")
        assert (answer.status, answer.body) == (200, name.encode())


async def test_a_view_runs_in_the_requests_own_task_and_loop(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    @flask_app.get("/")
    async def view() -> dict[str, bool]:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            inner = group.create_task(asyncio.sleep(0, "inner"))
        return {
            "task": asyncio.current_task() is g.task,
            "loop": asyncio.get_running_loop() is loop,
            "group": inner.result() == "inner",
        }

    @flask_app.before_request
    def remember_task() -> None:
        g.task = asyncio.current_task()

    loop = asyncio.get_running_loop()
    assert (await exchange(bridge)).body == b'{"group":true,"loop":true,"task":true}\n'


async def test_a_timeout_in_a_view_is_the_views(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    @flask_app.get("/")
    async def view() -> str:
        try:
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        except TimeoutError:
            return "in time"
        return "late"

    assert (await exchange(bridge)).body == b"in time"


async def test_async_hooks_and_error_handlers_share_one_context(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    steps: list[str] = []

    @flask_app.before_request
    async def before() -> None:
        await asyncio.sleep(0)
        colour.set("red")

    @flask_app.get("/")
    async def view() -> str:
        steps.append(colour.get())
        colour.set("green")
        raise LookupError

    @flask_app.errorhandler(LookupError)
    async def handle(_: LookupError) -> tuple[str, int]:
        await asyncio.sleep(0)
        steps.append(colour.get())
        return "handled", 418

    @flask_app.after_request
    async def after(response: Response) -> Response:
        await asyncio.sleep(0)
        steps.append(f"after {colour.get()}")
        return response

    @flask_app.teardown_request
    async def teardown(_: BaseException | None) -> None:
        await asyncio.sleep(0)
        steps.append("teardown")

    answer = await exchange(bridge)
    assert (answer.status, answer.body) == (418, b"handled")
    assert steps == ["red", "green", "after green", "teardown"]
    assert colour.get() == "none"


async def test_requests_wait_together_each_in_its_own_context(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    barrier = asyncio.Barrier(8)

    @flask_app.get("/<name>")
    async def view(name: str) -> str:
        g.name = name
        colour.set(name)
        await barrier.wait()
        return f"{g.name} {colour.get()} {request.path}"

    async with asyncio.timeout(10):
        answers = await asyncio.gather(*(exchange(bridge, path=f"/{n}") for n in range(8)))
    assert [answer.body for answer in answers] == [b"%d %d /%d" % (n, n, n) for n in range(8)]


async def test_sync_code_called_by_an_async_view_can_await(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    async def shout(text: str) -> str:
        await asyncio.sleep(0)
        return text.upper()

    async def twice(text: str) -> str:
        return current_app.ensure_sync(shout)(text) * 2

    @flask_app.post("/")
    async def view() -> str:
        await asyncio.sleep(0)
        return current_app.async_to_sync(twice)(request.get_data(as_text=True))

    assert (await exchange(bridge, "POST", chunks=[b"a", b"b"])).body == b"ABAB"


async def test_cancellation_reaches_the_view_and_its_teardown(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    waiting = asyncio.Event()
    steps: list[str] = []

    @flask_app.get("/")
    async def view() -> str:
        try:
            waiting.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            steps.append("view")
        return "never"

    @flask_app.teardown_request
    async def teardown(error: BaseException | None) -> None:
        await asyncio.sleep(0)
        steps.append(f"teardown after {type(error).__name__}")

    request_ = Exchange(bridge, http_scope())
    task = asyncio.create_task(request_.run())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["view", "teardown after CancelledError"]
    assert request_.sent == []


async def test_a_request_whose_task_is_closed_is_torn_down(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    steps: list[str] = []

    @flask_app.get("/")
    async def view() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            steps.append(request.path)
        return "never"

    @flask_app.teardown_request
    def teardown(error: BaseException | None) -> None:
        steps.append(f"teardown after {type(error).__name__}")

    request_ = Exchange(bridge, http_scope())
    coroutine = bridge(request_.scope, request_.receive, request_.send)
    coroutine.send(None)
    coroutine.close()
    assert steps == ["/", "teardown after GeneratorExit"]


def test_outside_a_server_flask_awaits_as_it_did(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    @flask_app.get("/")
    async def view() -> str:
        await asyncio.sleep(0)
        return "alone"

    assert bridge.flask_app is flask_app
    assert flask_app.test_client().get("/").data == b"alone"


async def test_a_middleware_around_the_wsgi_app_is_kept(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    inner = flask_app.wsgi_app
    flask_app.wsgi_app = lambda environ, start: inner(environ | {"PATH_INFO": "/inside"}, start)
    flask_app.add_url_rule("/inside", view_func=lambda: "inside")
    assert (await exchange(bridge, path="/outside")).body == b"inside"


async def test_a_websocket_is_closed_before_it_is_accepted(bridge: FlaskToAsgi) -> None:
    communicator = ApplicationCommunicator(bridge, {"type": "websocket", "path": "/"})
    await communicator.send_input({"type": "websocket.connect"})
    assert (await communicator.receive_output())["type"] == "websocket.close"
    await communicator.wait()


async def test_a_scope_of_another_type_is_named(bridge: FlaskToAsgi) -> None:
    request_ = Exchange(bridge, http_scope(type="telepathy"))
    with pytest.raises(ValueError, match="'telepathy'"):
        await bridge(request_.scope, request_.receive, request_.send)


async def test_requests_need_no_garbage_collector(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    @flask_app.get("/")
    async def view() -> str:
        await asyncio.sleep(0)
        kept.append(weakref.ref(request.environ["wsgi.input"]))
        return "answer"

    kept: list[weakref.ref[object]] = []
    gc.disable()
    try:
        for _ in range(10):
            await exchange(bridge)
        assert [reference() for reference in kept] == [None] * 10
    finally:
        gc.enable()
