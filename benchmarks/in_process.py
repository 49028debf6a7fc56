"""What one request costs without a server: an application is called in this process.

python -m benchmarks.in_process bridge    prints microseconds per request

Each application has a process to itself: one that leaves work to the garbage collector could
else pay for all that the others have imported.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from io import BytesIO
from statistics import median
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

import uvloop

APPLICATIONS = {
    "raw": "benchmarks.apps.raw",
    "flask_wsgi": "benchmarks.apps.flask_sync",
    "bridge": "benchmarks.apps.bridge",
    "fastapi": "benchmarks.apps.fastapi_async",
    "quart": "benchmarks.apps.quart_async",
    "stock": "benchmarks.apps.stock",
}
WSGI = {"flask_wsgi"}

WARM_UP = 500
REPETITIONS = 9
REQUESTS = 500

HEADERS = [
    (b"host", b"localhost:8000"),
    (b"user-agent", b"benchmarks/1.0"),
    (b"accept", b"application/json"),
    (b"accept-encoding", b"gzip, br"),
]
SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.3"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/json",
    "raw_path": b"/json",
    "query_string": b"",
    "root_path": "",
    "client": ("127.0.0.1", 50123),
    "server": ("127.0.0.1", 8000),
    "extensions": {},
}
ENVIRON: WSGIEnvironment = {
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/json",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "REMOTE_PORT": "50123",
    **{
        "HTTP_" + name.decode().upper().replace("-", "_"): value.decode() for name, value in HEADERS
    },
}

Ask = Callable[[int], Awaitable[None]]


class Client:
    """The client of one request: it sends a body, most often an empty one, and stays."""

    def __init__(self, body: bytes = b"") -> None:
        self._body = body
        self._asked = False

    async def receive(self) -> dict[str, object]:
        """Give the end of the body; whoever asks again waits for a disconnect that never comes."""
        if self._asked:
            await asyncio.get_running_loop().create_future()
        self._asked = True
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message: object) -> None:
        """Take a message."""


def asgi(app: Any) -> Ask:  # noqa: ANN401 - each framework has types of its own for ASGI.
    """Ask an ASGI application, each time in a task of its own, as a server does."""

    async def ask(times: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(times):
            client = Client()
            scope = {**SCOPE, "headers": [*HEADERS]}
            await loop.create_task(app(scope, client.receive, client.send))

    return ask


def wsgi(app: WSGIApplication) -> Ask:
    """Ask a WSGI application, as a server does."""

    def start_response(_status: str, _headers: list[tuple[str, str]], _error: object = None) -> Any:  # noqa: ANN401
        return None

    async def ask(times: int) -> None:
        for _ in range(times):
            chunks = app({**ENVIRON, "wsgi.input": BytesIO()}, start_response)
            b"".join(chunks)
            chunks.close()  # type: ignore[attr-defined]

    return ask


async def measure(name: str) -> float:
    """Give the microseconds per request of one application: the median of short repetitions."""
    application = import_module(APPLICATIONS[name]).app
    ask = wsgi(application.wsgi_app) if name in WSGI else asgi(application)
    await ask(WARM_UP)
    return median([await _seconds(ask) for _ in range(REPETITIONS)]) / REQUESTS * 1e6


async def _seconds(ask: Ask) -> float:
    started = time.perf_counter()
    await ask(REQUESTS)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.stdout.write(str(uvloop.run(measure(sys.argv[1]))))
