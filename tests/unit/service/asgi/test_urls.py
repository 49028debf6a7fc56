"""What is kept of URLs is what Flask would work out anew."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from wsgiref.types import WSGIEnvironment

import pytest
from flask import Flask, Request
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import Map, MapAdapter
from werkzeug.routing.matcher import StateMachineMatcher

from service.asgi import urls
from service.asgi.environ import build_environ
from service.asgi.urls import KnownAdapter, keep_url_adapters
from tests.unit.service.asgi.client import http_scope

Count = Callable[[type, str], list[object]]


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Count:
    """Give a function that has the calls of a method noted."""

    def count(cls: type, name: str) -> list[object]:
        calls: list[object] = []
        method = getattr(cls, name)

        def counted(*args: object, **options: object) -> object:
            calls.append(args)
            return method(*args, **options)

        monkeypatch.setattr(cls, name, counted)
        return calls

    return count


@pytest.fixture
def app(flask_app: Flask) -> Flask:
    def view(**_: object) -> str:
        return ""

    for rule in ("/", "/plain", "/slash/", "/one/<int:number>", "/café"):
        flask_app.add_url_rule(rule, rule, view, methods=["GET", "POST"])
    flask_app.add_url_rule("/all", "pages", view, defaults={"page": 1})
    flask_app.add_url_rule("/all/<int:page>", "pages", view)
    flask_app.add_url_rule("/old", "old", view, redirect_to="plain")
    return flask_app


def environ_of(path: str = "/plain", method: str = "GET", **changes: Any) -> WSGIEnvironment:  # noqa: ANN401
    return build_environ(http_scope(method, path, **changes))


def bound(app: Flask, environ: WSGIEnvironment) -> MapAdapter:
    adapter = app.create_url_adapter(Request(environ))
    assert adapter is not None
    return adapter


def bound_by_flask(app: Flask, environ: WSGIEnvironment) -> MapAdapter:
    adapter = Flask.create_url_adapter(app, Request(environ))
    assert adapter is not None
    return adapter


def outcome(adapter: MapAdapter) -> object:
    try:
        return adapter.match(return_rule=True)
    except HTTPException as error:
        return type(error), error.get_response().headers.to_wsgi_list()


REQUESTS = [
    {},
    {"path": "/caf\N{LATIN SMALL LETTER E WITH ACUTE}", "query_string": b"a=%C3%A9"},
    {"path": "/root/plain", "root_path": "/root"},
    {"path": "/root", "root_path": "/root"},
    {"path": ""},
    {"path": "//plain"},
    {"path": "/slash", "query_string": b"a=1"},
    {"path": "/slash//"},
    {"path": "/one/1"},
    {"path": "/one/x"},
    {"path": "/all"},
    {"path": "/all/1"},
    {"path": "/all/2"},
    {"path": "/old"},
    {"path": "/nowhere"},
    {"method": "PUT"},
    {"method": "HEAD"},
    {"scheme": "https"},
    {"headers": [(b"host", b"other.example:8000")]},
    {"headers": [(b"host", b"EXAMPLE.org:80")]},
    {"headers": []},
    {"headers": [], "server": None},
    {"headers": [(b"host", b"example.org"), (b"connection", b"keep-alive")]},
    {
        "headers": [
            (b"host", b"example.org"),
            (b"connection", b"upgrade"),
            (b"upgrade", b"websocket"),
        ]
    },
]


@pytest.mark.parametrize("server_name", [None, "example.org", "example.org:8000"])
def test_an_adapter_that_is_kept_is_as_flask_makes_it(app: Flask, server_name: str | None) -> None:
    app.config["SERVER_NAME"] = server_name
    keep_url_adapters(app)
    for _ in range(2):
        for changes in REQUESTS:
            environ = environ_of(**changes)
            adapter, flasks = bound(app, environ), bound_by_flask(app, environ)
            assert vars(adapter) | vars(flasks) == vars(adapter)
            assert outcome(adapter) == outcome(flasks)
            assert outcome(adapter) == outcome(flasks)


def test_the_requests_host_is_known(app: Flask) -> None:
    keep_url_adapters(app)
    for _ in range(2):
        request = Request(environ_of(headers=[(b"host", b"example.org:80")]))
        app.create_url_adapter(request)
        assert vars(request)["host"] == "example.org"


def test_a_host_is_bound_once(app: Flask, count: Count) -> None:
    keep_url_adapters(app)
    calls = count(Map, "bind_to_environ")
    for path in ("/", "/plain", "/one/1"):
        bound(app, environ_of(path))
    assert len(calls) == 1


def test_a_path_that_a_rule_spells_out_is_matched_once(app: Flask, count: Count) -> None:
    keep_url_adapters(app)
    bound(app, environ_of())
    calls = count(StateMachineMatcher, "match")
    for _ in range(3):
        bound(app, environ_of()).match(return_rule=True)
        bound(app, environ_of(method="POST")).match(return_rule=True)
    assert len(calls) == 2


def test_what_a_view_does_to_its_arguments_is_not_kept(app: Flask) -> None:
    keep_url_adapters(app)
    for _ in range(3):
        _, arguments = bound(app, environ_of()).match(return_rule=True)
        assert arguments == {}
        arguments["of"] = "one request"


def test_a_rule_that_is_added_later_comes_after(app: Flask) -> None:
    keep_url_adapters(app)
    environ = environ_of()
    for _ in range(2):
        bound(app, environ).match(return_rule=True)
    app.add_url_rule("/plain", "later", lambda: "")
    assert outcome(bound(app, environ)) == outcome(bound_by_flask(app, environ))


def test_an_adapter_answers_other_questions_too(app: Flask) -> None:
    keep_url_adapters(app)
    for _ in range(2):
        adapter = bound(app, environ_of())
        assert adapter.match() == ("/plain", {})
        assert adapter.match("/one/2", "POST") == ("/one/<int:number>", {"number": 2})
        assert set(adapter.allowed_methods()) == {"GET", "HEAD", "OPTIONS", "POST"}
        assert adapter.build("/one/<int:number>", {"number": 2}) == "/one/2"


def test_what_is_kept_is_bounded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls, "MAX_KEPT", 2)
    keep_url_adapters(app)
    hosts = [environ_of(headers=[(b"host", b"%d.example" % number)]) for number in range(3)]
    for environ in hosts:
        bound(app, environ)
    assert isinstance(bound(app, hosts[2]), KnownAdapter)
    assert not isinstance(bound(app, hosts[0]), KnownAdapter)


def test_hosts_that_are_not_trusted_are_refused_still(app: Flask) -> None:
    keep_url_adapters(app)
    bound(app, environ_of())
    app.config["TRUSTED_HOSTS"] = ["other.example"]
    with pytest.raises(SecurityError):
        bound(app, environ_of())


@pytest.mark.parametrize("option", ["host_matching", "subdomain_matching"])
def test_where_hosts_decide_nothing_is_kept(option: str) -> None:
    app = Flask("hosts", static_folder=None, **{option: True})
    keep_url_adapters(app)
    for _ in range(2):
        assert type(bound(app, environ_of())) is MapAdapter


def test_an_application_that_makes_its_own_adapters_keeps_them() -> None:
    class Own(Flask):
        def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
            return super().create_url_adapter(request)

    app = Own("own")
    keep_url_adapters(app)
    assert "create_url_adapter" not in vars(app)


def test_a_method_that_a_tool_has_replaced_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced = Flask.create_url_adapter

    @wraps(replaced)
    def traced(app: Flask, request: Request | None) -> MapAdapter | None:
        return replaced(app, request)

    monkeypatch.setattr(Flask, "create_url_adapter", traced)
    app = Flask("traced")
    keep_url_adapters(app)
    assert "create_url_adapter" not in vars(app)
