"""FlaskToAsgi: Flask on the event loop."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from wsgiref.types import WSGIApplication, WSGIEnvironment

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from asgiref.wsgi import WsgiToAsgi
from flask import Flask
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix

from service.asgi.awaiting import await_in_place
from service.asgi.body import RequestBody
from service.asgi.client import Client
from service.asgi.declarations import Declaration
from service.asgi.environ import build_environ
from service.asgi.exchange import Exchange, Interruption, current_exchange
from service.asgi.greenlets import (
    before_first_wait,
    run_in_greenlet,
)
from service.asgi.lifespan import Lifespan, serve_lifespan
from service.asgi.limits import (
    MAX_BODY_SIZE,
    HeaderLimits,
    let_views_declare_body_limits,
    refuse_body,
)
from service.asgi.patrol import Patrol
from service.asgi.refusals import refuse, refuse_websocket
from service.asgi.response import respond
from service.asgi.streaming import accept_async_iterators
from service.asgi.threads import ThreadPool
from service.asgi.views import Views

logger = logging.getLogger(__name__)


class FlaskToAsgi(WsgiToAsgi):
    """A Flask application as an ASGI application.

    Each request runs in a greenlet on the event loop's own thread, where async views, hooks, error
    handlers and teardown functions are awaited by the loop itself, in the context of the request's
    task. A request whose view is sync runs in one thread of a bounded pool instead, from its first
    hook to its last chunk, as it would under a threaded WSGI server; what is async there reaches
    the same loop. ``served`` declares what a view wants otherwise.
    """

    def __init__(  # noqa: PLR0913  # Each is a setting with a default.
        self,
        flask_app: Flask,
        *,
        lifespan: Lifespan | None = None,
        sync_workers: int = 32,
        deadline: float = 30,
        body_deadline: float = 20,
        max_header_count: int = 100,
        max_header_size: int = 32768,
        trusted_proxies: int = 0,
    ) -> None:
        """Bridge any Flask application.

        `lifespan` is entered on the server's loop before the first request and left after the last;
        it may raise ``StartupFailed``. At most `sync_workers` sync views run at once; more wait.
        A request that has waited, but not begun its answer, for `deadline` seconds is cancelled and
        answered by 503; one whose body is not there `body_deadline` seconds after it was asked for,
        by 408; one with more than `max_header_count` headers, or `max_header_size` bytes of them,
        by 431. The scheme, host and client that so many `trusted_proxies` report are believed.
        """
        super().__init__(flask_app)  # type: ignore[no-untyped-call]
        self.flask_app = flask_app
        self._lifespan = lifespan or nullcontext
        self._application: WSGIApplication = flask_app
        if trusted_proxies:
            n = trusted_proxies
            self._application = ProxyFix(flask_app, x_for=n, x_proto=n, x_host=n)
        defaults = Declaration(deadline=deadline, body_deadline=body_deadline)
        self._views = Views(flask_app, defaults)
        self._headers = HeaderLimits(max_header_count, max_header_size)
        let_views_declare_body_limits(flask_app)
        self._patrol = Patrol()
        self._threads = ThreadPool(sync_workers)
        await_in_place(flask_app)
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
            await refuse_websocket(receive, send)
        else:
            raise ValueError(f"FlaskToAsgi does not serve scopes of type {scope['type']!r}.")

    async def _serve_http(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        client = Client(receive)
        environ: WSGIEnvironment = {}
        declared = partial(self._views.declaration, environ)
        environ.update(
            build_environ(scope, RequestBody(client.receive, lambda: declared().body_deadline))
        )
        if error := self._headers.refuse(scope) or self._refuse_body(environ, declared):
            await refuse(self.flask_app, error, environ, send)
        else:
            exchange = Exchange(client, send, declared, self._patrol)
            await self._serve_exchange(environ, exchange, send)

    async def _serve_exchange(
        self, environ: WSGIEnvironment, exchange: Exchange, send: ASGISendCallable
    ) -> None:
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

    def _refuse_body(
        self, environ: WSGIEnvironment, declared: Callable[[], Declaration]
    ) -> HTTPException | None:
        # A GET may have a body, but has no view that waits for a large one.
        if environ["REQUEST_METHOD"] == "GET" and "CONTENT_LENGTH" not in environ:
            return None
        limit = declared().max_body_size
        if limit is None:
            return refuse_body(environ, self.flask_app.config["MAX_CONTENT_LENGTH"])
        environ[MAX_BODY_SIZE] = limit
        return refuse_body(environ, limit)

    async def _run(self, environ: WSGIEnvironment, exchange: Exchange) -> None:
        if self._views.need_thread(environ):
            exchange.begin_to_wait()
            await self._threads.run(respond, self._application, environ, exchange.send)
        else:
            await run_in_greenlet(self._run_on_loop, environ, exchange)

    def _run_on_loop(self, environ: WSGIEnvironment, exchange: Exchange) -> None:
        before_first_wait(exchange.begin_to_wait)
        respond(self._application, environ, exchange.send)

    async def _after_interruption(
        self, environ: WSGIEnvironment, exchange: Exchange, send: ASGISendCallable
    ) -> None:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if exchange.interruption is Interruption.LATE:
            logger.warning("%s %r passed its deadline", method, path)
            await refuse(self.flask_app, ServiceUnavailable(), environ, send)
        else:
            logger.info("%s %r was cancelled: its client has gone", method, path)
