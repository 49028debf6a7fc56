"""Flask with async views: the application that all three bridges serve."""

import asyncio
import time
from collections.abc import Iterator

from flask import Flask, Response, request

from benchmarks.apps.rows import PooledRows
from benchmarks.apps.work import BINARY, CHUNK, CHUNKS, DONE, GREETING, LONG_WAIT, SHORT_WAIT

flask_app = Flask(__name__, static_folder=None)
rows = PooledRows()


@flask_app.get("/json")
async def json() -> dict[str, str]:
    """Answer with JSON."""
    return GREETING


@flask_app.get("/wait")
async def wait() -> dict[str, bool]:
    """Wait a little."""
    await asyncio.sleep(SHORT_WAIT)
    return DONE


@flask_app.get("/long")
async def long() -> dict[str, bool]:
    """Wait long."""
    await asyncio.sleep(LONG_WAIT)
    return DONE


@flask_app.post("/echo")
async def echo() -> Response:
    """Answer with the body."""
    return Response(request.get_data(cache=False), mimetype=BINARY)


@flask_app.get("/stream")
async def stream() -> Response:
    """Stream the chunks."""
    return Response(_chunks(), mimetype=BINARY)


def _chunks() -> Iterator[bytes]:
    for _ in range(CHUNKS):
        yield CHUNK


@flask_app.get("/row")
async def row() -> dict[str, object]:
    """Select one row."""
    return await rows.get()


@flask_app.get("/blocking")
def blocking() -> dict[str, bool]:
    """Hold the thread."""
    time.sleep(SHORT_WAIT)
    return DONE
