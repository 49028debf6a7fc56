"""Which view a request is for, and whether it runs on the event loop or in a thread."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask
from flask.views import MethodView
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

from service.asgi.declarations import Declaration, declaration_of
from service.asgi.environ import wsgi_text_decoded
from service.asgi.paths import Paths

View = Callable[..., Any]


class Views:
    """The views of one Flask application, looked at before it is called.

    Flask matches the URL again: only then are session, hooks and converters in place. So a path is
    matched here only where it can belong to a view that is not served as most are, which its
    beginning tells, and one that a rule spells out, without variables, only once.
    """

    def __init__(self, flask_app: Flask, defaults: Declaration) -> None:
        self._flask_app = flask_app
        self._on_loop = replace(defaults, on_loop=True)
        self._in_thread = replace(defaults, on_loop=False)
        self._known = -1
        self._others = Paths(())
        self._by_view: dict[tuple[View, str], Declaration] = {}
        self._by_path: dict[tuple[str, str], Declaration] = {}
        self._adapter: MapAdapter | None = None

    def declaration(self, environ: WSGIEnvironment) -> Declaration:
        """Return what the request's view declares, filled up with the bridge's own defaults.

        It says of every view whether it is served on the loop. One that is sync, and declares
        nothing else, may block: it is not.
        """
        if len(self._flask_app.view_functions) != self._known:
            self._look_at_all()
        if self._others.none:
            return self._on_loop
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if not self._others.may_have(path) and not self._is_wrapped():
            return self._on_loop
        declaration = self._by_path.get((method, path))
        if declaration is None:
            declaration = self._match(environ, method, path)
        return declaration

    def _match(self, environ: WSGIEnvironment, method: str, path: str) -> Declaration:
        try:
            rule, _ = self._bind(environ).match(wsgi_text_decoded(path), method, return_rule=True)
        except HTTPException:
            # Nothing but Flask's own answer, unless a middleware changes the path before Flask.
            return self._in_thread if self._is_wrapped() else self._on_loop
        except Exception:  # noqa: BLE001  # A converter of the application's, which Flask will meet.
            return self._in_thread
        declaration = self._of_rule(rule, method)
        # Such a rule comes before all with variables, whatever their converters would say.
        if rule.rule == path and not self._depends_on_host():
            self._by_path[method, path] = declaration
        return declaration

    def _look_at_all(self) -> None:
        self._known = len(self._flask_app.view_functions)
        self._by_path.clear()
        self._others = Paths(
            rule for rule in self._flask_app.url_map.iter_rules() if self._is_odd(rule)
        )

    def _is_odd(self, rule: Rule) -> bool:
        if rule.methods is None:
            # It takes any: its view is looked at once the request's own is known.
            return True
        return any(self._of_rule(rule, method) != self._on_loop for method in rule.methods)

    def _is_wrapped(self) -> bool:
        """Tell whether a middleware stands before Flask, which may change the path."""
        return "wsgi_app" in self._flask_app.__dict__

    def _bind(self, environ: WSGIEnvironment) -> MapAdapter:
        app = self._flask_app
        if self._depends_on_host():
            adapter = app.create_url_adapter(app.request_class(environ))
            if adapter is not None:
                return adapter
        if self._adapter is None:
            self._adapter = app.url_map.bind("localhost")
        return self._adapter

    def _depends_on_host(self) -> bool:
        return self._flask_app.url_map.host_matching or self._flask_app.subdomain_matching

    def _of_rule(self, rule: Rule, method: str) -> Declaration:
        view = self._flask_app.view_functions.get(rule.endpoint)
        if view is None:
            return self._on_loop
        if method == "OPTIONS" and getattr(rule, "provide_automatic_options", False):
            return self._on_loop
        declaration = self._by_view.get((view, method))
        if declaration is None:
            declaration = self._by_view[view, method] = self._of_view(view, method)
        return declaration

    def _of_view(self, view: View, method: str) -> Declaration:
        defaults = self._on_loop if _runs_on_loop(view, method) else self._in_thread
        declared = declaration_of(view)
        return defaults if declared is None else declared.filled_up(defaults)


def _runs_on_loop(view: View, method: str) -> bool:
    declared = declaration_of(view)
    if declared is not None and declared.on_loop is not None:
        return declared.on_loop
    return any(
        inspect.iscoroutinefunction(function) for function in _layers(_handler(view, method))
    )


def _handler(view: View, method: str) -> View:
    """Return what a class-based view calls for the method, or the view itself."""
    view_class = getattr(view, "view_class", None)
    if view_class is None:
        return view
    dispatch: View = view_class.dispatch_request
    if dispatch is not MethodView.dispatch_request:
        return dispatch
    # Flask answers HEAD by `get` where there is no `head`.
    get: View = getattr(view_class, "get", view)
    return getattr(view_class, method.lower(), get)


def _layers(view: View) -> list[View]:
    """Return the view and what it wraps: a decorator that knows of async is itself sync."""
    layers = [view]
    while (inner := getattr(layers[-1], "__wrapped__", None)) is not None:
        layers.append(inner)
    return layers
