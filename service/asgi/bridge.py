"""FlaskToAsgi: Flask on the event loop."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from wsgiref.types import WSGIEnvironment

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from asgiref.wsgi import WsgiToAsgi
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from service.asgi.admission import Admission
from service.asgi.awaiting import await_in_place
from service.asgi.background import BackgroundTasks
from service.asgi.declarations import Declaration
from service.asgi.garbage import lasting_objects_left_alone
from service.asgi.holding import HoldingDetector
from service.asgi.home import Home
from service.asgi.http import HttpService
from service.asgi.lifespan import LifespanDeadlines, serve_lifespan
from service.asgi.lifetime import Lifespan
from service.asgi.limits import HeaderLimits, let_views_declare_body_limits
from service.asgi.patrol import Patrol
from service.asgi.refusals import refuse_websocket
from service.asgi.steps import FlaskSteps
from service.asgi.streaming import accept_async_iterators
from service.asgi.teardown import skip_empty_teardown
from service.asgi.threads import ThreadPool
from service.asgi.urls import keep_url_adapters
from service.asgi.views import Views


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
        max_in_flight: int = 4096,
        max_queued: int = 1024,
        max_background_tasks: int = 1024,
        trusted_proxies: int = 0,
        slow_callback: float | None = None,
        startup_timeout: float = 30,
        shutdown_timeout: float = 10,
    ) -> None:
        """Bridge any Flask application.

        `lifespan` is entered on the server's loop before the first request and left after the last;
        it may raise ``StartupFailed``, and is given up where it takes more than `startup_timeout`
        seconds to enter or `shutdown_timeout` to leave. At most `sync_workers` sync views run at
        once; more wait. A request that has waited, but not begun its answer, for `deadline` seconds
        is cancelled and answered by 503; one whose body is not there `body_deadline` seconds after
        it was asked for, by 408; one with more than `max_header_count` headers, or
        `max_header_size` bytes of them, by 431. At most `max_in_flight` requests are served at once
        and `max_queued` more wait; others are answered by 503 and ``Retry-After``. At most
        `max_background_tasks` run at once; they have half of `shutdown_timeout` to end. The scheme,
        host and client that so many `trusted_proxies` report are believed. In development, a view
        that holds the loop for more than `slow_callback` seconds is named in the log with its line,
        once for each line.
        """
        super().__init__(flask_app)  # type: ignore[no-untyped-call]
        self.flask_app = flask_app
        self._lifespan = lifespan or nullcontext
        self._lifespan_deadlines = LifespanDeadlines(startup_timeout, shutdown_timeout)
        self._home = Home(flask_app, self)
        self._background_tasks = BackgroundTasks(flask_app, max_background_tasks)
        self._threads = ThreadPool(sync_workers)
        self._detector = None if slow_callback is None else HoldingDetector(slow_callback)
        defaults = Declaration(deadline=deadline, body_deadline=body_deadline)
        self._http = HttpService(
            flask_app=flask_app,
            believe_proxies=_believing(trusted_proxies),
            steps=FlaskSteps(flask_app),
            views=Views(flask_app, defaults),
            threads=self._threads,
            headers=HeaderLimits(max_header_count, max_header_size),
            admission=Admission(max_in_flight, max_queued),
            patrol=Patrol(),
            detector=self._detector,
        )
        await_in_place(flask_app, self._home)
        accept_async_iterators(flask_app)
        let_views_declare_body_limits(flask_app)
        keep_url_adapters(flask_app)
        skip_empty_teardown(flask_app)

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Serve one scope; raises ``ValueError`` for a type that ASGI 3 does not have."""
        if scope["type"] == "http":
            await self._http.serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            try:
                await serve_lifespan(self._live, self._lifespan_deadlines, receive, send)
            finally:
                self._close()
        elif scope["type"] == "websocket":
            await refuse_websocket(receive, send)
        else:
            raise ValueError(f"FlaskToAsgi does not serve scopes of type {scope['type']!r}.")

    @asynccontextmanager
    async def _live(self) -> AsyncIterator[None]:
        patience = self._lifespan_deadlines.shutdown / 2
        with self._home.here():
            async with self._lifespan(), self._background_tasks.accepted(patience):
                with lasting_objects_left_alone():
                    yield

    def _close(self) -> None:
        self._threads.close()
        if self._detector is not None:
            self._detector.close()


def _believing(proxies: int) -> Callable[[WSGIEnvironment], None] | None:
    """Return what puts into an environ what the last so many proxies say the client asked for."""
    if not proxies:
        return None
    fix = ProxyFix(lambda *_: (), x_for=proxies, x_proto=proxies, x_host=proxies)

    def believe(environ: WSGIEnvironment) -> None:
        # It changes the environ for the application behind it, of which there is none.
        fix(environ, lambda *_: lambda _: None)

    return believe
