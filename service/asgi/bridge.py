"""FlaskToAsgi: Flask on the event loop."""

from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from functools import partial
from typing import Any, ParamSpec, TypeAlias, TypeVar

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from asgiref.wsgi import WsgiToAsgi
from flask import Flask

from service.asgi.body import RequestBody
from service.asgi.environ import build_environ
from service.asgi.greenlets import await_in_greenlet, in_greenlet, run_in_greenlet
from service.asgi.lifespan import Lifespan, serve_lifespan
from service.asgi.response import respond
from service.asgi.threads import ThreadPool
from service.asgi.views import Views

P = ParamSpec("P")
T = TypeVar("T")
CoroutineFunction: TypeAlias = Callable[P, Coroutine[Any, Any, T]]


class FlaskToAsgi(WsgiToAsgi):
    """A Flask application as an ASGI application.

    Each request runs in a greenlet on the event loop's own thread, where async views, hooks, error
    handlers and teardown functions are awaited by the loop itself, in the context of the request's
    task. A request whose view is sync runs in one thread of a bounded pool instead, from its first
    hook to its last chunk, as it would under a threaded WSGI server; what is async there reaches
    the same loop. ``served`` declares what a view wants otherwise.
    """

    def __init__(
        self, flask_app: Flask, *, lifespan: Lifespan | None = None, sync_workers: int = 32
    ) -> None:
        """Bridge any Flask application.

        `lifespan` is entered on the server's loop before the first request and left after the last;
        it may raise ``StartupFailed``. At most `sync_workers` sync views run at once; more wait.
        """
        super().__init__(flask_app)  # type: ignore[no-untyped-call]
        self.flask_app = flask_app
        self._lifespan = lifespan or nullcontext
        self._views = Views(flask_app)
        self._threads = ThreadPool(sync_workers)
        _await_in_greenlets(flask_app)

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
        environ = build_environ(scope, RequestBody(receive))
        run = self._threads.run if self._views.need_thread(environ) else run_in_greenlet
        await run(respond, self.flask_app, environ, send)


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
