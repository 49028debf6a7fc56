"""What one request costs without a server: each application is called in this process.

python -m benchmarks.in_process    prints JSON: microseconds per request, by round
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

import uvloop

from benchmarks.apps import bridge, fastapi_async, flask_sync, quart_async, raw, stock

ROUNDS = 21
SECONDS_PER_ROUND = 0.1
WARM_UP = 500

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
    """The client of one request: it sends no body, and stays."""

    def __init__(self) -> None:
        self._asked = False

    async def receive(self) -> dict[str, object]:
        """Give the end of the body; whoever asks again waits for a disconnect that never comes."""
        if self._asked:
            await asyncio.get_running_loop().create_future()
        self._asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

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


APPLICATIONS = {
    "raw": asgi(raw.app),
    "flask_wsgi": wsgi(flask_sync.app.wsgi_app),
    "bridge": asgi(bridge.app),
    "fastapi": asgi(fastapi_async.app),
    "quart": asgi(quart_async.app),
    "stock": asgi(stock.app),
}


async def measure() -> dict[str, list[float]]:
    """Give the microseconds per request of each application, by round; the rounds interleave."""
    counts = {}
    for name, ask in APPLICATIONS.items():
        await ask(WARM_UP)
        counts[name] = max(1, round(SECONDS_PER_ROUND / await _seconds(ask, WARM_UP) * WARM_UP))
    rounds: dict[str, list[float]] = {name: [] for name in APPLICATIONS}
    for _ in range(ROUNDS):
        for name, ask in APPLICATIONS.items():
            rounds[name].append(await _seconds(ask, counts[name]) / counts[name] * 1e6)
    return rounds


async def _seconds(ask: Ask, times: int) -> float:
    started = time.perf_counter()
    await ask(times)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(measure())))
