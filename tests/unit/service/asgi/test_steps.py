"""Requests after the first go the same way as the first, but hold nothing while they wait."""

import asyncio
import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import flask.signals
import pytest
from flask import (
    Blueprint,
    Flask,
    Response,
    after_this_request,
    current_app,
    g,
    request,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden
from werkzeug.routing import Map, MapAdapter
from werkzeug.wrappers import Response as WerkzeugResponse

from service.asgi import FlaskToAsgi, greenlets, served, steps
from service.asgi.steps import RETOLD, FlaskSteps
from service.asgi.whole import ANSWERING
from tests.unit.service.asgi.client import exchange

SIGNALS = (
    "appcontext_pushed",
    "request_started",
    "got_request_exception",
    "request_finished",
    "request_tearing_down",
    "appcontext_tearing_down",
    "appcontext_popped",
)


@pytest.fixture
def events() -> Iterator[list[str]]:
    """Give a list of the signals that are sent."""
    events: list[str] = []

    def receiver(name: str) -> Callable[..., None]:
        return lambda *_, **__: events.append(name)

    receivers = {name: receiver(name) for name in SIGNALS}
    for name, note in receivers.items():
        getattr(flask.signals, name).connect(note)
    yield events
    for name, note in receivers.items():
        getattr(flask.signals, name).disconnect(note)


Note = Callable[[str], None]


@pytest.fixture
def note(events: list[str]) -> Note:
    """Give a function that notes an event, and fails where the query says so."""

    def note(name: str) -> None:
        events.append(f"{name} {request.endpoint} {getattr(g, 'seen', None)}")
        if name in request.args.getlist("fails"):
            raise LookupError(name)
        if name in request.args.getlist("forbids"):
            raise Forbidden(name)

    return note


@pytest.fixture
def stages(flask_app: Flask, note: Note, events: list[str]) -> Flask:
    """Give an app, and a part of it, with hooks at all stages."""

    def torn_down(error: BaseException | None) -> None:
        events.append(f"teardown_appcontext {type(error).__name__}")

    blueprint = Blueprint("part", "part")
    for registry in (flask_app, blueprint):
        add_hooks(registry, note, events)
        add_views(registry, note)
    flask_app.teardown_appcontext(torn_down)
    flask_app.register_blueprint(blueprint, url_prefix="/part")
    return flask_app


def add_hooks(registry: Flask | Blueprint, note: Note, events: list[str]) -> None:
    async def before() -> ResponseReturnValue | None:
        await asyncio.sleep(0)
        g.seen = "before"
        note("before_request")
        return "early" if "early" in request.args else None

    def after(response: Response) -> Response:
        note("after_request")
        response.headers["X-After"] = "1"
        return response

    async def torn_down(error: BaseException | None) -> None:
        await asyncio.sleep(0)
        events.append(f"teardown_request {type(error).__name__}")

    async def on_forbidden(error: Forbidden) -> tuple[str, int]:
        await asyncio.sleep(0)
        note("forbidden_handler")
        return f"not {error.description}", 403

    registry.url_value_preprocessor(lambda *_: note("url_value_preprocessor"))
    registry.before_request(before)
    registry.after_request(after)
    registry.teardown_request(torn_down)
    registry.register_error_handler(403, on_forbidden)


def add_views(registry: Flask | Blueprint, note: Note) -> None:
    @served(on_loop=True)
    def view() -> ResponseReturnValue:
        note("view")
        return {"sync": True}

    async def async_view(**arguments: int) -> ResponseReturnValue:
        after_this_request(after_this)
        await asyncio.sleep(0)
        note("view")
        return {"async": True, **arguments}

    def after_this(response: Response) -> Response:
        note("after_this_request")
        return response

    async def optional() -> str:
        await asyncio.sleep(0)
        return request.method

    registry.add_url_rule("/on-loop", "view", view)
    registry.add_url_rule("/async/<int:number>", "async_view", async_view)
    registry.add_url_rule("/slash/", "slash", async_view)
    registry.add_url_rule(
        "/optional", "optional", optional, methods=["OPTIONS"], provide_automatic_options=False
    )


@pytest.fixture
def stepwise(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a list of the paths that are served stepwise."""
    paths: list[str] = []
    respond = FlaskSteps.respond

    async def noted(self: FlaskSteps, environ: WSGIEnvironment, start: StartResponse) -> Any:  # noqa: ANN401
        paths.append(environ["PATH_INFO"])
        return await respond(self, environ, start)

    monkeypatch.setattr(FlaskSteps, "respond", noted)
    return paths


QUERIES = [
    b"",
    b"early=1",
    b"fails=url_value_preprocessor",
    b"fails=before_request",
    b"fails=view",
    b"fails=after_request",
    b"forbids=before_request",
    b"forbids=view",
    b"forbids=after_request",
    b"forbids=view&fails=forbidden_handler",
    b"forbids=view&fails=after_request",
]


@pytest.mark.parametrize("propagates", [None, True])
@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    "path", ["/on-loop", "/async/1", "/part/on-loop", "/part/async/2", "/slash", "/nowhere"]
)
async def test_all_is_called_in_flasks_order(
    stages: Flask,
    events: list[str],
    stepwise: list[str],
    path: str,
    query: bytes,
    *,
    propagates: bool | None,
) -> None:
    stages.config["PROPAGATE_EXCEPTIONS"] = propagates
    bridge = FlaskToAsgi(stages)
    first = await exchange(bridge, path=path, query_string=query)
    expected = [*events]
    events.clear()
    later = await exchange(bridge, path=path, query_string=query)
    assert stepwise == [path]
    assert expected
    assert (later.sent, events) == (first.sent, expected)


@pytest.mark.parametrize("path", ["/optional", "/async/1"])
async def test_options_are_answered_as_flask_does(
    stages: Flask, stepwise: list[str], path: str
) -> None:
    bridge = FlaskToAsgi(stages)
    first, later = [await exchange(bridge, "OPTIONS", path) for _ in range(2)]
    assert stepwise == [path]
    assert (later.status, later.sent) == (200, first.sent)


RESPONSES: dict[str, Callable[[], ResponseReturnValue]] = {
    "json": lambda: {"a": [1, "\u20ac"]},
    "text": lambda: "café",
    "bytes": lambda: (b"x" * 70_000, 201, {"X-Kept": "1", "Date": "none", "Connection": "close"}),
    "empty": lambda: "",
    "no content": lambda: ("", 204),
    "not modified": lambda: ("x", 304),
    "early": lambda: ("x", 103),
    "moved": lambda: ("", 302, {"Location": "/caf\u00e9"}),
    "located": lambda: ("x", 200, {"Content-Location": "/caf\u00e9"}),
    "created": lambda: ("x", 201, {"Location": "/v1/a-b_c.d~e/0"}),
    "created far": lambda: ("x", 201, {"Location": f"/{'a' * 100}//b?c=é"}),
    "elsewhere": lambda: ("x", 201, {"Location": "//example.org/a"}),
    "with a port": lambda: ("x", 201, {"Location": "http://EXAMPLE.org:80/a b?c=d e"}),
    "pieces": lambda: Response(["a", "b"]),
    "text in a list": lambda: Response(["café"]),
    "bytes in a list": lambda: Response([b"abc"]),
    "too long": lambda: Response(["abc"], headers={"Content-Length": "2"}),
    "a stream": lambda: Response(iter(["a", "b"])),
    "passed through": lambda: Response([b"abc"], direct_passthrough=True),
    "not latin": lambda: ("x", 200, {"X-Name": "\u20ac"}),
    "an odd status": lambda: ("x", "299 Odd"),
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("kind", RESPONSES)
async def test_all_kinds_of_responses_are_sent_alike(
    flask_app: Flask, bridge: FlaskToAsgi, stepwise: list[str], kind: str, method: str
) -> None:
    @flask_app.get("/")
    async def view() -> ResponseReturnValue:
        response = current_app.make_response(RESPONSES[kind]())
        response.call_on_close(lambda: closed.append(kind))
        return response

    closed: list[str] = []
    first = await exchange(bridge, method)
    expected = [*closed]
    later = await exchange(bridge, method)
    assert stepwise == ["/"]
    assert (later.sent, closed) == (first.sent, expected * 2)


async def test_a_response_class_that_changes_how_it_is_sent_is_asked(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    class Counted(Response):
        def get_app_iter(self, environ: WSGIEnvironment) -> Iterable[bytes]:
            yield from super().get_app_iter(environ)
            asked.append(request.path if flask.has_request_context() else None)

    @flask_app.get("/")
    async def view() -> ResponseReturnValue:
        return Counted("x")

    asked: list[str | None] = []
    flask_app.response_class = Counted
    for _ in range(2):
        assert (await exchange(bridge)).body == b"x"
    assert asked == [None, None]


async def test_sync_code_inside_an_async_view_may_await(
    flask_app: Flask, bridge: FlaskToAsgi, stepwise: list[str]
) -> None:
    async def of_request() -> str:
        await asyncio.sleep(0)
        return request.path

    @flask_app.template_global()
    def where() -> str:
        return current_app.ensure_sync(of_request)()

    @flask_app.post("/")
    async def view() -> str:
        before = flask.render_template_string("{{ where() }}")
        await asyncio.sleep(0)
        return f"{before} {where()} {request.get_data(as_text=True)}"

    for _ in range(2):
        assert (await exchange(bridge, "POST", chunks=[b"a", b"b"])).body == b"/ / ab"
    assert stepwise == ["/"]


@pytest.mark.parametrize("who", ["hook", "view"])
async def test_what_waits_keeps_no_greenlet(
    flask_app: Flask, bridge: FlaskToAsgi, who: str
) -> None:
    async def wait_if(it: str) -> None:
        if it == who:
            waiting.set()
            await release.wait()

    @flask_app.before_request
    async def hook() -> None:
        await wait_if("hook")

    @flask_app.get("/")
    async def view() -> str:
        await wait_if("view")
        return "done"

    waiting, release = asyncio.Event(), asyncio.Event()
    release.set()
    await exchange(bridge)
    waiting.clear()
    release.clear()
    greenlets._idle.workers.clear()
    asking = asyncio.create_task(exchange(bridge))
    await waiting.wait()
    assert len(greenlets._idle.workers) == 1
    release.set()
    assert (await asking).body == b"done"


def overriding(name: str) -> type[Flask]:
    def override(self: Flask, *args: Any) -> Any:  # noqa: ANN401
        return getattr(Flask, name)(self, *args)

    return type("Overriding", (Flask,), {name: override})


@pytest.mark.parametrize("name", RETOLD)
async def test_what_a_subclass_overrides_is_called(stepwise: list[str], name: str) -> None:
    app = overriding(name)("subclass")
    app.add_url_rule("/", view_func=lambda: "answer")
    bridge = FlaskToAsgi(app)
    for _ in range(2):
        assert (await exchange(bridge)).body == b"answer"
    assert stepwise == []


@pytest.mark.parametrize("name", RETOLD)
async def test_what_a_tool_replaces_is_called(
    monkeypatch: pytest.MonkeyPatch, stepwise: list[str], name: str
) -> None:
    original = getattr(Flask, name)

    @wraps(original)
    def replaced(self: Flask, *args: Any) -> Any:  # noqa: ANN401
        return original(self, *args)

    app = Flask("traced")
    app.add_url_rule("/", "view", served(on_loop=True)(lambda: "answer"))
    bridge = FlaskToAsgi(app)
    monkeypatch.setattr(Flask, name, replaced)
    for _ in range(2):
        assert (await exchange(bridge)).body == b"answer"
    assert stepwise == []


async def test_a_middleware_is_called_from_when_it_is_there(
    flask_app: Flask, bridge: FlaskToAsgi, stepwise: list[str]
) -> None:
    @flask_app.get("/")
    async def view() -> str:
        return "answer"

    def middleware(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return [b"<", *inner(environ, start_response), b">"]

    for _ in range(2):
        assert (await exchange(bridge)).body == b"answer"
    assert stepwise == ["/"]
    inner = flask_app.wsgi_app
    flask_app.wsgi_app = middleware  # type: ignore[method-assign]
    assert (await exchange(bridge)).pieces[0] == b"<"
    assert stepwise == ["/"]


async def test_another_flask_goes_its_own_way(
    flask_app: Flask, bridge: FlaskToAsgi, stepwise: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "version", lambda _: "3.2.0")
    for _ in range(2):
        assert (await exchange(bridge)).status == 404
    assert stepwise == []


DIGEST = "04dadf61e57d5addf110de88e620e3cc21b957f999abb5ca7b558a7f651ca183"


def test_the_steps_are_those_of_this_flask() -> None:
    """Where it fails, Flask or Werkzeug has changed what is told again here, or relied upon.

    Compare their methods with `steps.py`, `whole.py` and `urls.py`, then put the new digest here.
    In Flask 3.2 the context of a request is that of its app, and is an argument of each step.
    """
    told = [
        *(getattr(Flask, name) for name in (*RETOLD, "create_url_adapter")),
        *(getattr(WerkzeugResponse, name) for name in ANSWERING),
        Map.bind_to_environ,
        Map.bind,
        MapAdapter.__init__,
        MapAdapter.match,
    ]
    source = "".join(inspect.getsource(method) for method in told)
    assert hashlib.sha256(source.encode()).hexdigest() == DIGEST
