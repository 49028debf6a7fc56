"""Clients that go away, and requests that take too long, under a real server."""

from collections.abc import Iterator

import pytest

from tests.integration.serving import connect, get, hypercorn, rest_of

APP = """
import asyncio, threading, time
from asgiref.sync import async_to_sync
from flask import Flask, Response, request
from service.asgi import FlaskToAsgi, served

flask_app = Flask(__name__)
app = FlaskToAsgi(flask_app, deadline=20)
steps = []
changed = asyncio.Condition()

async def note(step):
    async with changed:
        steps.append(step)
        changed.notify_all()

async def wait_for_ever():
    try:
        await note("waits")
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await note("cancelled")
        raise

@flask_app.route("/async", methods=["GET", "POST"])
async def asynchronous():
    await wait_for_ever()

@flask_app.get("/sync")
def synchronous():
    async_to_sync(wait_for_ever)()

@flask_app.get("/stream")
async def stream():
    def generate():
        try:
            while True:
                yield b"x" * 65536
        finally:
            flask_app.async_to_sync(note)("closed")
    await note("waits")
    return Response(generate())

@flask_app.get("/late")
@served(deadline=0.1)
async def late():
    await asyncio.Event().wait()

@flask_app.get("/late-sync")
@served(deadline=0.1)
def late_sync():
    time.sleep(1)
    return "late"

@flask_app.get("/until/<step>")
async def until(step):
    async with asyncio.timeout(10), changed:
        await changed.wait_for(lambda: step in steps)
        seen = list(steps)
        steps.clear()
    return " ".join(seen)

@flask_app.errorhandler(503)
async def unavailable(error):
    return f"problem: {error.name}", 503
"""


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with hypercorn(tmp_path_factory.mktemp("served"), APP, request.param) as port:
        yield port


@pytest.mark.parametrize(
    "request_,step",
    [
        (b"GET /async HTTP/1.1\r\nhost: x\r\n\r\n", "cancelled"),
        (b"POST /async HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc", "cancelled"),
        (b"POST /async HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc", "cancelled"),
        (b"GET /sync HTTP/1.1\r\nhost: x\r\n\r\n", "cancelled"),
        (b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n", "closed"),
    ],
    ids=["async", "with an unread body", "in mid-body", "sync", "stream"],
)
def test_a_client_that_goes_away_ends_its_request(port: int, request_: bytes, step: str) -> None:
    with connect(port) as connection:
        connection.sendall(request_)
        assert b"waits" in get(port, "/until/waits")
    assert get(port, f"/until/{step}").endswith(step.encode())


@pytest.mark.parametrize("path", ["/late", "/late-sync"])
def test_a_late_request_gets_503_and_keeps_its_connection(port: int, path: str) -> None:
    with connect(port) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        answer = connection.recv(65536)
        while b"problem" not in answer:
            answer += connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert answer.endswith(b"problem: Service Unavailable")
        connection.sendall(b"GET /none HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert rest_of(connection).startswith(b"HTTP/1.1 404 ")
