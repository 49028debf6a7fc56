"""Flask's own steps from a request to its answer, as a coroutine: they await the view."""

import inspect
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any, TypeAlias
from wsgiref.types import StartResponse, WSGIEnvironment

import flask.app
from flask import Flask, Request
from flask.signals import request_started
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from service.asgi.own import are_defined_in
from service.asgi.responding import Answer
from service.asgi.whole import whole_of

AsyncView: TypeAlias = Callable[..., Awaitable[Any]]

RETOLD = (
    "__call__",
    "wsgi_app",
    "full_dispatch_request",
    "preprocess_request",
    "dispatch_request",
    "ensure_sync",
)
"""What an application may override, or put a middleware around. Where it does, it is called."""

FLASK = "3.1."
"""The versions of Flask whose steps these are. Flask 3.2 hands the context from one to the next."""


class FlaskSteps:
    """Goes the way of ``Flask.wsgi_app``, by the same public methods, where an app leaves it alone.

    All is called that the application, an extension or a signal may have a part in, and sync code
    may await. Only the calls from one method to the next are told again, in order to await the view
    and the hooks before it in the request's own task: sync methods could but wait for them, with
    all that they hold.
    """

    def __init__(self, flask_app: Flask) -> None:
        self._flask_app = flask_app
        self._are_flasks: bool | None = None
        self._is_async: dict[object, bool] = {}

    def may_be_taken(self) -> bool:
        """Tell whether the steps are Flask's own, all of them.

        Not for the first request: with it Flask notes that there has been one, and it is only then
        that all who want to have a hand in it have had their chance.
        """
        if self._are_flasks is None:
            known = version("flask").startswith(FLASK)
            self._are_flasks = known and are_defined_in(flask.app, type(self._flask_app), RETOLD)
            return False
        return self._are_flasks and vars(self._flask_app).keys().isdisjoint(RETOLD)

    async def respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Answer:
        """Do what ``Flask.wsgi_app`` does."""
        app = self._flask_app
        context = app.request_context(environ)
        error: BaseException | None = None
        try:
            try:
                context.push()
                response = await self._dispatch_fully(context.request)
            except Exception as caught:  # noqa: BLE001  # Flask decides about it.
                error = caught
                response = app.handle_exception(caught)
            except BaseException as caught:
                error = caught
                raise
            return _answer(response, environ, start_response)
        finally:
            if error is not None and app.should_ignore_error(error):
                error = None
            context.pop(error)
            # A frame that is in an error's traceback and also refers to it keeps both alive.
            del error

    async def _dispatch_fully(self, request: Request) -> Response:
        app = self._flask_app
        try:
            request_started.send(app, _async_wrapper=app.ensure_sync)
            returned = await self._preprocess(request)
            if returned is None:
                view = self._async_view(request)
                if view is None:
                    returned = app.dispatch_request()
                else:
                    returned = await view(**(request.view_args or {}))
        except Exception as error:  # noqa: BLE001  # Flask decides about it.
            returned = app.handle_user_exception(error)
        return app.finalize_request(returned)

    async def _preprocess(self, request: Request) -> ResponseReturnValue | None:
        app = self._flask_app
        # Flask looks for the request's blueprints first, as in its teardown.
        if not app.before_request_funcs and not app.url_value_preprocessors:
            return None
        names = (None, *reversed(request.blueprints))
        for name in names:
            for preprocess in app.url_value_preprocessors.get(name, ()):
                preprocess(request.endpoint, request.view_args)
        for name in names:
            for hook in app.before_request_funcs.get(name, ()):
                called: Any = hook()
                returned: ResponseReturnValue | None
                returned = await called if self._is_async_function(hook) else called
                if returned is not None:
                    return returned
        return None

    def _async_view(self, request: Request) -> AsyncView | None:
        """Return the view that is to be awaited; all else is for Flask to call."""
        rule = request.url_rule
        if rule is None or request.routing_exception is not None or request.method == "OPTIONS":
            return None
        view: Any = self._flask_app.view_functions[rule.endpoint]
        return view if self._is_async_function(view) else None

    def _is_async_function(self, function: object) -> bool:
        """Tell what `Flask.ensure_sync` asks of each function each time."""
        is_async = self._is_async.get(function)
        if is_async is None:
            is_async = self._is_async[function] = inspect.iscoroutinefunction(function)
        return is_async


def _answer(response: Response, environ: WSGIEnvironment, start_response: StartResponse) -> Answer:
    if (piece := whole_of(response, environ["REQUEST_METHOD"])) is not None:
        # Pairs, as WSGI has them, and in no list: nobody is to change them.
        start_response(response.status, response.headers)  # type: ignore[arg-type]
        return (piece,), response.close
    chunks = response(environ, start_response)
    return chunks, getattr(chunks, "close", None)
