"""The bridge on a real server and a real socket, for what a stand-in for either could hide."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]

APP = """
import asyncio
from flask import Flask, Response, request
from service.asgi import FlaskToAsgi

flask_app = Flask(__name__)
app = FlaskToAsgi(flask_app)

@flask_app.get("/wait")
async def wait():
    await asyncio.sleep(1)
    return "waited"

@flask_app.post("/upload")
async def upload():
    return {"first": len(request.stream.read(3)), "rest": len(request.stream.read())}

@flask_app.post("/limited")
async def limited():
    request.max_content_length = 10
    return request.get_data()

@flask_app.get("/broken-stream")
async def broken_stream():
    def generate():
        yield "part"
        raise LookupError("in mid-stream")
    return Response(generate())

@flask_app.get("/header")
async def header():
    return request.headers.get("X-Forwarded-For", "none")
"""

FAILING_APP = """
from contextlib import asynccontextmanager
from flask import Flask
from service.asgi import FlaskToAsgi, StartupFailed

@asynccontextmanager
async def lifespan():
    raise StartupFailed("The store is away: start it.")
    yield

app = FlaskToAsgi(Flask(__name__), lifespan=lifespan)
"""

HANGING_APP = """
import asyncio
from contextlib import asynccontextmanager
from flask import Flask
from service.asgi import FlaskToAsgi

@asynccontextmanager
async def hangs_at_start():
    await asyncio.Event().wait()
    yield

@asynccontextmanager
async def hangs_at_end():
    yield
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.Event().wait()

timeouts = {"startup_timeout": 0.5, "shutdown_timeout": 0.5}
at_start = FlaskToAsgi(Flask(__name__), lifespan=hangs_at_start, **timeouts)
at_end = FlaskToAsgi(Flask(__name__), lifespan=hangs_at_end, **timeouts)
"""


def hypercorn(folder: Path, app: str, *options: str) -> "subprocess.Popen[str]":
    (folder / "served.py").write_text(app)
    return subprocess.Popen(
        [sys.executable, "-m", "hypercorn", "--bind", "127.0.0.1:0", *options, "served:app"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("served")
    with hypercorn(folder, APP, "--workers", "0", "--worker-class", request.param) as server:
        assert server.stderr is not None
        for line in server.stderr:
            if "Running on" in line:
                yield int(line.split("127.0.0.1:")[1].split()[0])
                break
        server.terminate()


def exchange_bytes(port: int, sent: bytes) -> bytes:
    """Return all that the server answers until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


async def test_eight_views_wait_together(port: int) -> None:
    started = time.monotonic()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = await asyncio.gather(*(client.get("/wait") for _ in range(8)))
    assert [answer.text for answer in answers] == ["waited"] * 8
    assert time.monotonic() - started < 8


def test_a_chunked_upload_is_streamed(port: int) -> None:
    answer = httpx.post(f"http://127.0.0.1:{port}/upload", content=iter([b"x" * 70_000] * 10))
    assert answer.json() == {"first": 3, "rest": 699_997}


@pytest.mark.parametrize("pieces", [[b"x" * 11], [b"x" * 6, b"x" * 5]])
def test_a_chunked_body_over_the_limit_gets_413(port: int, pieces: list[bytes]) -> None:
    answer = httpx.post(f"http://127.0.0.1:{port}/limited", content=iter(pieces))
    assert answer.status_code == 413


def test_a_stream_that_breaks_is_cut_off(port: int) -> None:
    answer = exchange_bytes(port, b"GET /broken-stream HTTP/1.1\r\nhost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"4\r\npart\r\n")


def test_a_header_with_an_underscore_is_dropped(port: int) -> None:
    request = b"GET /header HTTP/1.1\r\nhost: x\r\nx_forwarded_for: a\r\nconnection: close\r\n\r\n"
    assert exchange_bytes(port, request).endswith(b"none")


def test_a_websocket_is_refused(port: int) -> None:
    request = (
        b"GET /wait HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert exchange_bytes(port, request).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("worker_class", ["asyncio", "uvloop"])
def test_a_failed_start_is_one_line_and_a_failed_exit(tmp_path: Path, worker_class: str) -> None:
    options = ["--workers", "0", "--worker-class", worker_class]
    with hypercorn(tmp_path, FAILING_APP, *options) as server:
        assert server.communicate()[1] == "The store is away: start it.\n"
    assert server.returncode == 1


@pytest.mark.parametrize("worker_class", ["asyncio", "uvloop"])
def test_a_start_that_hangs_is_one_line_and_a_failed_exit(
    tmp_path: Path, worker_class: str
) -> None:
    app = HANGING_APP + "app = at_start"
    with hypercorn(tmp_path, app, "--workers", "0", "--worker-class", worker_class) as server:
        assert server.communicate(timeout=30)[1] == (
            "Start-up hung, and was given up after 0.5 seconds.\n"
        )
    assert server.returncode == 1


@pytest.mark.parametrize("worker_class", ["asyncio", "uvloop"])
def test_a_shutdown_that_hangs_does_not_hang_the_server(tmp_path: Path, worker_class: str) -> None:
    app = HANGING_APP + "app = at_end"
    with hypercorn(tmp_path, app, "--workers", "0", "--worker-class", worker_class) as server:
        assert server.stderr is not None
        assert "Running on" in server.stderr.readline()
        server.terminate()
        said = server.communicate(timeout=30)[1]
    assert "Shutdown hung, and was given up after 0.5 seconds." in said


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failed_start_is_one_line_in_each_worker(tmp_path: Path, workers: int) -> None:
    # Hypercorn 0.18 loses the exit code of its workers (its issue 269), so none is expected.
    with hypercorn(tmp_path, FAILING_APP, "--workers", str(workers)) as server:
        lines = server.communicate()[1].splitlines()
    # The first worker that ends has Hypercorn stop the others, which may then not get to say it.
    assert set(lines) == {"The store is away: start it."}
    assert len(lines) <= workers


async def test_a_refused_body_does_not_cost_its_client_the_answer(port: int) -> None:
    """A server that closes with bytes unread resets the connection, and the answer may be lost."""
    body = b"x" * 3_000_000

    async def upload() -> int:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            return (await client.post("/limited", content=body)).status_code

    assert await asyncio.gather(*(upload() for _ in range(20))) == [413] * 20
