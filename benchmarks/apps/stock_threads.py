"""Flask behind asgiref's bridge, with a thread for each request."""

from asgiref.sync import ThreadSensitiveContext
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from asgiref.wsgi import WsgiToAsgi

from benchmarks.apps.flask_async import flask_app

stock = WsgiToAsgi(flask_app)


async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Serve a scope in a context of its own."""
    async with ThreadSensitiveContext():
        await stock(scope, receive, send)
