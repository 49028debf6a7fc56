"""Quart."""

import asyncio
import time
from collections.abc import AsyncIterator

from quart import Quart, Response, request

from benchmarks.apps.rows import PooledRows
from benchmarks.apps.work import BINARY, CHUNK, CHUNKS, DONE, GREETING, LONG_WAIT, SHORT_WAIT

app = Quart(__name__, static_folder=None)
rows = PooledRows()


@app.get("/json")
async def json() -> dict[str, str]:
    """Answer with JSON."""
    return GREETING


@app.get("/wait")
async def wait() -> dict[str, bool]:
    """Wait a little."""
    await asyncio.sleep(SHORT_WAIT)
    return DONE


@app.get("/long")
async def long() -> dict[str, bool]:
    """Wait long."""
    await asyncio.sleep(LONG_WAIT)
    return DONE


@app.post("/echo")
async def echo() -> Response:
    """Answer with the body."""
    return Response(await request.get_data(cache=False), mimetype=BINARY)


@app.get("/stream")
async def stream() -> Response:
    """Stream the chunks."""
    return Response(_chunks(), mimetype=BINARY)


async def _chunks() -> AsyncIterator[bytes]:
    for _ in range(CHUNKS):
        yield CHUNK


@app.get("/row")
async def row() -> dict[str, object]:
    """Select one row."""
    return await rows.get()


@app.get("/blocking")
def blocking() -> dict[str, bool]:
    """Hold a thread, which Quart gives to a sync view."""
    time.sleep(SHORT_WAIT)
    return DONE
