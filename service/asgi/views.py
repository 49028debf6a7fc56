"""Which view a request is for, and whether it runs on the event loop or in a thread."""

import inspect
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask
from flask.views import MethodView
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

from service.asgi.declarations import Declaration, declaration_of

View = Callable[..., Any]


class Views:
    """The views of one Flask application, looked at before it is called.

    Flask matches the URL again: only then are session, hooks and converters in place. An
    application all of whose views run on the loop is never matched here.
    """

    def __init__(self, flask_app: Flask, defaults: Declaration) -> None:
        self._flask_app = flask_app
        self._defaults = defaults
        self._known = -1
        self._has_declared = False
        self._has_threaded = False
        self._threaded: dict[tuple[View, str], bool] = {}
        self._adapter: MapAdapter | None = None

    def need_thread(self, environ: WSGIEnvironment) -> bool:
        """Tell whether the request's view is sync, and so may block."""
        self._keep_up()
        if not self._has_threaded:
            return False
        try:
            rule = self._match(environ)
        except HTTPException:
            # Nothing but Flask's own answer, unless a middleware changes the path before Flask.
            return "wsgi_app" in vars(self._flask_app)
        except Exception:  # noqa: BLE001  # A converter of the application's, which Flask will meet.
            return True
        return self._rule_needs_thread(rule, environ["REQUEST_METHOD"])

    def declaration(self, environ: WSGIEnvironment) -> Declaration:
        """Return what the request's view declares, filled up with the bridge's own defaults."""
        self._keep_up()
        if not self._has_declared:
            return self._defaults
        try:
            rule = self._match(environ)
        except Exception:  # noqa: BLE001  # Flask will meet it too, and answer it.
            return self._defaults
        declared = declaration_of(self._flask_app.view_functions[rule.endpoint])
        return self._defaults if declared is None else declared.filled_up(self._defaults)

    def _keep_up(self) -> None:
        views = self._flask_app.view_functions
        if len(views) == self._known:
            return
        self._known = len(views)
        self._has_declared = any(declaration_of(view) for view in views.values())
        self._has_threaded = any(
            self._rule_needs_thread(rule, method)
            for rule in self._flask_app.url_map.iter_rules()
            for method in rule.methods or ()
        )

    def _match(self, environ: WSGIEnvironment) -> Rule:
        rule, _ = self._bind(environ).match(
            _path(environ), environ["REQUEST_METHOD"], return_rule=True
        )
        return rule

    def _bind(self, environ: WSGIEnvironment) -> MapAdapter:
        app = self._flask_app
        if app.url_map.host_matching or app.subdomain_matching:
            adapter = app.create_url_adapter(app.request_class(environ))
            if adapter is not None:
                return adapter
        if self._adapter is None:
            self._adapter = app.url_map.bind("localhost")
        return self._adapter

    def _rule_needs_thread(self, rule: Rule, method: str) -> bool:
        if method == "OPTIONS" and getattr(rule, "provide_automatic_options", False):
            return False
        view = self._flask_app.view_functions.get(rule.endpoint)
        if view is None:
            return False
        key = (view, method)
        threaded = self._threaded.get(key)
        if threaded is None:
            threaded = self._threaded[key] = not _runs_on_loop(view, method)
        return threaded


def _path(environ: WSGIEnvironment) -> str:
    path: str = environ["PATH_INFO"]
    return path if path.isascii() else path.encode("latin-1").decode(errors="replace")


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
