"""FlaskToAsgi: Flask on the event loop."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from functools import partial
from typing import Any, ParamSpec, TypeAlias, TypeVar
from wsgiref.types import WSGIEnvironment

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from asgiref.wsgi import WsgiToAsgi
from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

from service.asgi.body import RequestBody
from service.asgi.client import Client
from service.asgi.declarations import Declaration
from service.asgi.environ import build_environ
from service.asgi.exchange import Exchange, Interruption, current_exchange
from service.asgi.greenlets import (
    await_in_greenlet,
    before_first_wait,
    in_greenlet,
    run_in_greenlet,
)
from service.asgi.lifespan import Lifespan, serve_lifespan
from service.asgi.patrol import Patrol
from service.asgi.refusals import refuse
from service.asgi.response import respond
from service.asgi.streaming import accept_async_iterators
from service.asgi.threads import ThreadPool
from service.asgi.views import Views

P = ParamSpec("P")
T = TypeVar("T")
CoroutineFunction: TypeAlias = Callable[P, Coroutine[Any, Any, T]]

logger = logging.getLogger(__name__)


class FlaskToAsgi(WsgiToAsgi):
    """A Flask application as an ASGI application.

    Each request runs in a greenlet on the event loop's own thread, where async views, hooks, error
    handlers and teardown functions are awaited by the loop itself, in the context of the request's
    task. A request whose view is sync runs in one thread of a bounded pool instead, from its first
    hook to its last chunk, as it would under a threaded WSGI server; what is async there reaches
    the same loop. ``served`` declares what a view wants otherwise.
    """

    def __init__(
        self,
        flask_app: Flask,
        *,
        lifespan: Lifespan | None = None,
        sync_workers: int = 32,
        deadline: float = 30,
    ) -> None:
        """Bridge any Flask application.

        `lifespan` is entered on the server's loop before the first request and left after the last;
        it may raise ``StartupFailed``. At most `sync_workers` sync views run at once; more wait.
        A request that has waited, but not begun its answer, for `deadline` seconds is cancelled and
        answered by 503.
        """
        super().__init__(flask_app)  # type: ignore[no-untyped-call]
        self.flask_app = flask_app
        self._lifespan = lifespan or nullcontext
        self._views = Views(flask_app, Declaration(deadline=deadline))
        self._patrol = Patrol()
        self._threads = ThreadPool(sync_workers)
        _await_in_greenlets(flask_app)
        accept_async_iterators(flask_app)

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Serve one scope; raises ``ValueError`` for a type that ASGI 3 does not have."""
        if scope["type"] == "http":
            await self._serve_http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await serve_lifespan(self._lifespan, receive, send)
        elif scope["type"] == "websocket":
            await _refuse_websocket(receive, send)
        else:
            raise ValueError(f"FlaskToAsgi does not serve scopes of type {scope['type']!r}.")

    async def _serve_http(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        client = Client(receive)
        environ = build_environ(scope, RequestBody(client.receive))
        declared = partial(self._views.declaration, environ)
        exchange = Exchange(client, send, declared, self._patrol)
        current_exchange.set(exchange)
        try:
            await self._run(environ, exchange)
        except asyncio.CancelledError:
            if not exchange.takes_back():
                raise
            exchange.leave()
            await self._after_interruption(environ, exchange, send)
        finally:
            exchange.leave()

    async def _run(self, environ: WSGIEnvironment, exchange: Exchange) -> None:
        if self._views.need_thread(environ):
            exchange.begin_to_wait()
            await self._threads.run(respond, self.flask_app, environ, exchange.send)
        else:
            await run_in_greenlet(self._run_on_loop, environ, exchange)

    def _run_on_loop(self, environ: WSGIEnvironment, exchange: Exchange) -> None:
        before_first_wait(exchange.begin_to_wait)
        respond(self.flask_app, environ, exchange.send)

    async def _after_interruption(
        self, environ: WSGIEnvironment, exchange: Exchange, send: ASGISendCallable
    ) -> None:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if exchange.interruption is Interruption.LATE:
            logger.warning("%s %r passed its deadline", method, path)
            await refuse(self.flask_app, ServiceUnavailable(), environ, send)
        else:
            logger.info("%s %r was cancelled: its client has gone", method, path)


def _await_in_greenlets(flask_app: Flask) -> None:
    """Have the app await what is async from its request's greenlet, where there is one.

    Flask's documentation overrides the same method for gevent. It is set on the instance, so that
    any application will do.
    """
    fallback = flask_app.async_to_sync

    def call(function: CoroutineFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if in_greenlet():
            return await_in_greenlet(function(*args, **kwargs))
        result: T = fallback(function)(*args, **kwargs)
        return result

    def async_to_sync(function: CoroutineFunction[P, T]) -> Callable[P, T]:
        return partial(call, function)

    flask_app.async_to_sync = async_to_sync  # type: ignore[assignment, method-assign]


async def _refuse_websocket(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Close before accepting, which every server answers with 403: Flask has no websockets."""
    await receive()
    await send({"type": "websocket.close", "code": 1000, "reason": None})
