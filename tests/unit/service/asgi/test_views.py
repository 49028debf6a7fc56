import functools
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from flask import Flask, current_app
from flask.views import MethodView, View
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter, MapAdapter, Rule

from service.asgi import FlaskToAsgi, served
from tests.unit.service.asgi.client import exchange

pytestmark = pytest.mark.usefixtures("each_way")


def where(**_: object) -> str:
    return "loop" if threading.current_thread() is threading.main_thread() else "thread"


def sync_view() -> Callable[[], str]:
    return lambda: where()  # noqa: PLW0108  # Each is declared on its own.


async def async_view(**_: object) -> str:
    return where()


def knows_async(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate as the decorators of Flask's extensions do."""

    @functools.wraps(view)
    def wrapper(*args: object, **kwargs: object) -> object:
        return current_app.ensure_sync(view)(*args, **kwargs)

    return wrapper


class BothWays(MethodView):
    async def get(self) -> str:
        return where()

    def post(self) -> str:
        return where()


class AsyncDispatch(View):
    async def dispatch_request(self) -> str:
        return where()


@served(on_loop=True)
class DeclaredClass(MethodView):
    def get(self) -> str:
        return where()


@pytest.mark.parametrize(
    "view,method,place",
    [
        (async_view, "GET", b"loop"),
        (where, "GET", b"thread"),
        (functools.partial(async_view), "GET", b"loop"),
        (knows_async(async_view), "GET", b"loop"),
        (knows_async(where), "GET", b"thread"),
        (BothWays.as_view("both"), "GET", b"loop"),
        (BothWays.as_view("both"), "POST", b"thread"),
        (AsyncDispatch.as_view("dispatch"), "GET", b"loop"),
        (served(on_loop=True)(sync_view()), "GET", b"loop"),
        (knows_async(served(on_loop=True)(sync_view())), "GET", b"loop"),
        (served(on_loop=False)(knows_async(async_view)), "GET", b"loop"),
        (DeclaredClass.as_view("declared"), "GET", b"loop"),
    ],
    ids=[
        "async", "sync", "partial", "async, decorated", "sync, decorated", "async method",
        "sync method", "async dispatch", "declared", "declared, then decorated",
        "async body of a view in a thread", "declared class",
    ],
)  # fmt: skip
async def test_async_code_runs_on_the_loop_and_sync_views_in_threads(
    flask_app: Flask, bridge: FlaskToAsgi, view: Callable[..., Any], method: str, place: bytes
) -> None:
    flask_app.add_url_rule("/", "view", view, methods=["GET", "POST"])
    assert (await exchange(bridge, method)).body == place


async def test_a_wrapper_of_its_own_loop_can_be_declared_off_the_servers_loop(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    flask_app.add_url_rule("/", view_func=served(on_loop=False)(knows_async(async_view)))
    places: list[str] = []
    flask_app.before_request(lambda: places.append(where()))
    await exchange(bridge)
    assert places == ["thread"]


async def test_head_is_served_where_get_is(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    flask_app.add_url_rule("/", view_func=BothWays.as_view("both"))
    places: list[str] = []
    flask_app.before_request(lambda: places.append(where()))
    await exchange(bridge, "HEAD")
    assert places == ["loop"]


@pytest.mark.parametrize("method,path", [("OPTIONS", "/"), ("GET", "/none"), ("PUT", "/")])
async def test_flasks_own_answers_are_given_on_the_loop(
    flask_app: Flask, bridge: FlaskToAsgi, method: str, path: str
) -> None:
    flask_app.add_url_rule("/", view_func=lambda: "sync")
    places: list[str] = []
    flask_app.after_request(lambda response: places.append(where()) or response)
    await exchange(bridge, method, path)
    assert places == ["loop"]


async def test_a_view_that_a_middleware_leads_to_does_not_block_the_loop(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    inner = flask_app.wsgi_app
    flask_app.wsgi_app = lambda environ, start: inner(environ | {"PATH_INFO": "/inside"}, start)
    flask_app.add_url_rule("/inside", "inside", where)
    assert (await exchange(bridge, path="/outside")).body == b"thread"


async def test_a_converter_that_needs_the_request_is_left_to_flask(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    class OfThisRequest(BaseConverter):
        def to_python(self, value: str) -> str:
            return f"{value} {current_app.name}"

    flask_app.url_map.converters["own"] = OfThisRequest
    flask_app.add_url_rule("/<own:value>", "view", lambda value: f"{value} {where()}")
    assert (await exchange(bridge, path="/a")).body == b"a bridged thread"


async def test_hosts_that_are_matched_are_told_apart() -> None:
    flask_app = Flask("hosts", host_matching=True, static_host="static.example.org")
    flask_app.add_url_rule("/", "sync", where, host="sync.example.org")
    flask_app.add_url_rule("/", "async", async_view, host="async.example.org")
    bridge = FlaskToAsgi(flask_app)
    for host, place in ((b"sync", b"thread"), (b"async", b"loop")):
        answer = await exchange(bridge, headers=[(b"host", host + b".example.org")])
        assert answer.body == place


async def test_a_path_that_is_not_ascii_is_matched(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    flask_app.add_url_rule("/é", "view", where)
    assert (await exchange(bridge, path="/é")).body == b"thread"


@pytest.fixture
def matched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that the bridge has had matched."""
    paths: list[str] = []
    inner = MapAdapter.match

    def match(adapter: MapAdapter, path: str | None = None, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        # Flask's own calls name no path: it stands in the adapter.
        if path is not None:
            paths.append(path)
        return inner(adapter, path, *args, **kwargs)

    monkeypatch.setattr(MapAdapter, "match", match)
    return paths


async def test_only_a_path_that_a_rule_spells_out_is_remembered(
    flask_app: Flask, bridge: FlaskToAsgi, matched: list[str]
) -> None:
    flask_app.add_url_rule("/spelt", "sync", where, methods=["GET"])
    flask_app.add_url_rule("/spelt", "async", async_view, methods=["PUT"])
    flask_app.add_url_rule("/<name>/", "variable", where, strict_slashes=False)
    requests = [("GET", "/spelt"), ("PUT", "/spelt"), ("GET", "/a/"), ("GET", "/a"), ("GET", "/")]
    answers = [(await exchange(bridge, *request)).body for request in 2 * requests]
    assert answers[:4] == answers[5:9] == [b"thread", b"loop", b"thread", b"thread"]
    assert sorted(matched) == sorted(["/spelt"] * 2 + ["/a/", "/a", "/"] * 2)


async def test_a_path_that_no_odd_view_can_have_is_matched_by_flask_alone(
    flask_app: Flask, bridge: FlaskToAsgi, matched: list[str]
) -> None:
    flask_app.add_url_rule("/", "index", where)
    flask_app.add_url_rule("/static/<path:name>", "files", where)
    flask_app.add_url_rule("/books/<name>", "book", async_view)
    for path in ("/books/1", "/books/static/1", "/none"):
        await exchange(bridge, path=path)
    assert matched == []


@pytest.mark.parametrize(
    "rule,path",
    [
        ("/", "/"),
        ("/spelt", "//spelt"),
        ("/spelt/", "/spelt"),
        ("/two//slashes", "/two/slashes"),
        ("/é/<name>", "/é/ü"),
        ("/file-<name>", "/file-1"),
        ("/any/<path:name>", "//any/thing/else"),
        ("/optional/", "/optional"),
        ("/<name>", "/anything"),
    ],
)
async def test_a_sync_view_is_found_however_its_path_is_written(
    flask_app: Flask, bridge: FlaskToAsgi, rule: str, path: str
) -> None:
    flask_app.url_map.strict_slashes = False
    flask_app.add_url_rule("/books/<path:name>", "book", async_view)
    flask_app.add_url_rule(rule, "sync", where)
    answer = await exchange(bridge, path=path)
    assert (answer.status, answer.body) == (200, b"thread")


async def test_a_view_that_is_added_later_is_taken_note_of(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    flask_app.add_url_rule("/<name>", "variable", async_view)
    assert (await exchange(bridge, path="/spelt")).body == b"loop"
    flask_app.url_map.add(Rule("/spelt", endpoint="spelt"))
    flask_app.view_functions["spelt"] = where
    assert (await exchange(bridge, path="/spelt")).body == b"thread"


async def test_asgirefs_own_wrapper_is_a_sync_view(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    flask_app.add_url_rule("/", "view", async_to_sync(async_view))
    places: list[str] = []
    flask_app.before_request(lambda: places.append(where()))
    assert (await exchange(bridge)).body == b"loop"
    assert places == ["thread"]


async def test_a_sync_view_that_raises_is_answered_by_its_handler(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    def view() -> str:
        raise NotFound

    flask_app.add_url_rule("/", view_func=view)
    flask_app.register_error_handler(404, lambda _: (where(), 404))
    answer = await exchange(bridge)
    assert (answer.status, answer.body) == (404, b"thread")
