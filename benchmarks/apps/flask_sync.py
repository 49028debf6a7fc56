"""Flask with sync views, for a WSGI server: what people run today."""

import time
from collections.abc import Iterator

from flask import Flask, Response, request

from benchmarks.apps.rows import ThreadRows
from benchmarks.apps.work import BINARY, CHUNK, CHUNKS, DONE, GREETING, LONG_WAIT, SHORT_WAIT

app = Flask(__name__, static_folder=None)
rows = ThreadRows()


@app.get("/json")
def json() -> dict[str, str]:
    """Answer with JSON."""
    return GREETING


@app.get("/wait")
@app.get("/blocking", endpoint="blocking")
def wait() -> dict[str, bool]:
    """Wait a little."""
    time.sleep(SHORT_WAIT)
    return DONE


@app.get("/long")
def long() -> dict[str, bool]:
    """Wait long."""
    time.sleep(LONG_WAIT)
    return DONE


@app.post("/echo")
def echo() -> Response:
    """Answer with the body."""
    return Response(request.get_data(cache=False), mimetype=BINARY)


@app.get("/stream")
def stream() -> Response:
    """Stream the chunks."""
    return Response(_chunks(), mimetype=BINARY)


def _chunks() -> Iterator[bytes]:
    for _ in range(CHUNKS):
        yield CHUNK


@app.get("/row")
def row() -> dict[str, object]:
    """Select one row."""
    return rows.get()
