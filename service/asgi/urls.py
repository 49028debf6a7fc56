"""What Flask works out about URLs for each request, kept for others of the same host and path."""

from typing import Any, NamedTuple
from wsgiref.types import WSGIEnvironment

import flask.app
from flask import Flask, Request
from werkzeug.routing import Map, MapAdapter, Rule

from service.asgi.environ import wsgi_text_decoded
from service.asgi.own import are_defined_in

MAX_KEPT = 256
"""How many hosts are kept, and how many paths of each. Clients may ask for any: at that number all
are forgotten."""


class KnownHost(NamedTuple):
    """What holds for all requests with the same ``Host`` header and address of the server."""

    host: str
    adapter: dict[str, Any]
    rules: dict[tuple[str, str], Rule]


class KnownAdapter(MapAdapter):
    """The adapter of a host, with the path of one request. It knows the rules of some paths."""

    def __init__(self, known: KnownHost, environ: WSGIEnvironment) -> None:
        vars(self).update(known.adapter)
        self._rules = known.rules
        self.path_info = wsgi_text_decoded(environ["PATH_INFO"])
        self.default_method = environ["REQUEST_METHOD"]
        self.query_args = wsgi_text_decoded(environ["QUERY_STRING"])

    def match(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  # As Werkzeug's overloads.
        """Match as always, but the request's own path only once, if a rule spells it out.

        Such a rule comes before all with variables, and before those that are added later. Matching
        takes time, and leaves a cycle to the garbage collector.
        """
        if args or options != {"return_rule": True}:
            return super().match(*args, **options)
        key = self.default_method, self.path_info
        known = self._rules.get(key)
        if known is not None:
            return known, {}
        rule, arguments = super().match(return_rule=True)
        if rule.rule == self.path_info and not rule.arguments and rule.redirect_to is None:
            _keep(self._rules, key, rule)
        return rule, arguments


def keep_url_adapters(flask_app: Flask) -> None:
    """Have the app bind its URLs to a host once, not anew for each request.

    That is a tenth of Flask's time for a request, and more where caches are cold. Where hosts
    decide about rules, or which hosts are trusted, and where any of it is not Flask's own, nothing
    is kept.
    """
    make = flask_app.create_url_adapter
    own = are_defined_in(flask.app, type(flask_app), ["create_url_adapter"])
    if not own or "create_url_adapter" in vars(flask_app) or type(flask_app.url_map) is not Map:
        return
    hosts: dict[tuple[object, ...], KnownHost] = {}

    def create_url_adapter(request: Request | None) -> MapAdapter | None:
        if request is None or _decides_by_host(flask_app, request):
            return make(request)
        key = _key(flask_app, request.environ)
        known = hosts.get(key)
        if known is None:
            adapter = make(request)
            if adapter is not None:
                _keep(hosts, key, KnownHost(request.host, dict(vars(adapter)), {}))
            return adapter
        request.host = known.host
        return KnownAdapter(known, request.environ)

    flask_app.create_url_adapter = create_url_adapter  # type: ignore[method-assign]


def _decides_by_host(flask_app: Flask, request: Request) -> bool:
    return (
        flask_app.config["TRUSTED_HOSTS"] is not None
        or request.trusted_hosts is not None
        or flask_app.url_map.host_matching
        or flask_app.subdomain_matching
        # A websocket's rules are others.
        or "HTTP_UPGRADE" in request.environ
    )


def _key(flask_app: Flask, environ: WSGIEnvironment) -> tuple[object, ...]:
    """Return all that ``Map.bind_to_environ`` looks at, less what belongs to one request."""
    return (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST"),
        environ["SERVER_NAME"],
        environ["SERVER_PORT"],
        environ["SCRIPT_NAME"],
        flask_app.config["SERVER_NAME"],
        flask_app.url_map.default_subdomain,
    )


def _keep(kept: dict[Any, Any], key: object, value: object) -> None:
    if len(kept) >= MAX_KEPT:
        kept.clear()
    kept[key] = value
