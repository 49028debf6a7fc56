"""The bridge on other servers than Hypercorn, and over HTTP/2."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from h2.exceptions import ProtocolError

from tests.acceptance.polling import until
from tests.integration.serving import ROOT, connect
from tests.servers.host import free_port

APP = """
import asyncio, os, threading
from contextlib import asynccontextmanager
from pathlib import Path
from flask import Flask, Response, request
from service.asgi import FlaskToAsgi, StartupFailed, served

@asynccontextmanager
async def lifespan():
    if os.environ.get("STORE") == "away":
        raise StartupFailed("The store is away: start it.")
    Path("lifespan").write_text("open")
    yield
    Path("lifespan").write_text("closed")

flask_app = Flask(__name__)
flask_app.config["MAX_CONTENT_LENGTH"] = 200_000
app = FlaskToAsgi(flask_app, lifespan=lifespan, sync_workers=4)
steps = []
changed = asyncio.Condition()
meeting = asyncio.Barrier(8)
meeting_of_threads = threading.Barrier(4)

async def note(step):
    async with changed:
        steps.append(step)
        changed.notify_all()

@flask_app.get("/until/<step>")
async def until(step):
    async with asyncio.timeout(10), changed:
        await changed.wait_for(lambda: step in steps)
        steps.remove(step)
    return "reached"

@flask_app.get("/meet")
async def meet():
    async with asyncio.timeout(10):
        await meeting.wait()
    return "met"

@flask_app.get("/meet-in-threads")
def meet_in_threads():
    meeting_of_threads.wait(timeout=10)
    return "met"

@flask_app.post("/upload")
async def upload():
    first = request.stream.read(3)
    await note("begun")
    return {"first": len(first), "rest": len(request.stream.read())}

@flask_app.post("/short")
@served(max_body_size=1000)
async def short():
    return request.get_data()

@flask_app.post("/short-sync")
@served(max_body_size=1000)
def short_sync():
    return request.get_data()

@flask_app.get("/stream")
async def stream():
    async def generate():
        yield b"first"
        await released.wait()
        yield b"second"
    released = flask_app.released = asyncio.Event()
    return generate()

@flask_app.get("/release")
async def release():
    flask_app.released.set()
    return "released"

@flask_app.get("/for-ever")
async def for_ever():
    try:
        await note("waits")
        await asyncio.Event().wait()
    finally:
        await note("cancelled")

@flask_app.get("/endless")
async def endless():
    async def generate():
        try:
            while True:
                yield b"x" * 65536
        finally:
            await note("closed")
    return generate()

@flask_app.get("/lacking")
async def lacking():
    return Response(iter(["part"]), headers={"Content-Length": "9"})

@flask_app.get("/broken")
async def broken():
    def generate():
        yield "part"
        raise LookupError("in mid-stream")
    return Response(generate())

@flask_app.get("/late")
@served(deadline=0.1)
async def late():
    await asyncio.Event().wait()
"""


def serves(port: int) -> bool:
    """Tell whether the application answers there, that it has no such page."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/none", timeout=10).status_code == 404
    except httpx.ConnectError:
        return False


@dataclass(frozen=True)
class Server:
    command: str
    says_when_started: str
    http2: bool = False

    def start(self, folder: Path, port: int, **environment: str) -> "subprocess.Popen[str]":
        (folder / "served.py").write_text(APP)
        return subprocess.Popen(
            [sys.executable, "-m", *self.command.format(port=port).split(), "served:app"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    @contextmanager
    def run(self, folder: Path) -> Iterator[str]:
        """Serve the application; give its address, once it has started."""
        port = free_port()
        with self.start(folder, port) as process:
            assert process.stdout is not None
            # A server waits when nobody reads what it says.
            rest = threading.Thread(target=process.stdout.read)
            try:
                assert any(self.says_when_started in line for line in process.stdout)
                rest.start()
                # Granian says so when it has started the worker's process, before that serves.
                until(lambda: serves(port), f"{self.command} serves")
                yield f"http://127.0.0.1:{port}"
                process.terminate()
                process.wait(timeout=20)
            except BaseException:
                # Granian's worker is a process of its own, which outlives a killed parent.
                os.killpg(process.pid, signal.SIGKILL)
                raise
            finally:
                if rest.is_alive():
                    rest.join(timeout=10)


GRANIAN = "granian --interface asgi --host 127.0.0.1 --port {port}"

SERVERS = {
    "uvicorn": Server("uvicorn --host 127.0.0.1 --port {port}", "Uvicorn running on"),
    "granian": Server(GRANIAN, "Started worker-1"),
    "granian, HTTP/2": Server(GRANIAN, "Started worker-1", http2=True),
    "hypercorn, HTTP/2": Server(
        "hypercorn --workers 0 --bind 127.0.0.1:{port}", "Running on", http2=True
    ),
}


@pytest.fixture(scope="module", params=SERVERS.values(), ids=SERVERS.keys())
def server(request: pytest.FixtureRequest) -> Server:
    chosen: Server = request.param
    return chosen


@pytest.fixture(scope="module")
def address(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with server.run(tmp_path_factory.mktemp("served")) as address:
        yield address


def client_of(server: Server, address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=address, http1=not server.http2, http2=server.http2, timeout=15
    )


@pytest.fixture
async def client(server: Server, address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(server, address) as client:
        yield client


@pytest.mark.parametrize("path,number", [("/meet", 8), ("/meet-in-threads", 4)])
async def test_views_wait_together(client: httpx.AsyncClient, path: str, number: int) -> None:
    answers = await asyncio.gather(*(client.get(path) for _ in range(number)))
    assert [answer.text for answer in answers] == ["met"] * number


async def test_a_view_reads_a_body_that_is_still_being_sent(
    server: Server, address: str, client: httpx.AsyncClient
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"abc"
        assert (await client.get("/until/begun")).text == "reached"
        yield b"x" * 100_000

    async with client_of(server, address) as sending:
        answer = await sending.post("/upload", content=pieces())
    assert answer.json() == {"first": 3, "rest": 100_000}


# granian at times resets an HTTP/1.1 connection that still sends: docs/choosing-a-server.md.
@pytest.mark.parametrize(
    "server",
    [server for name, server in SERVERS.items() if name != "granian"],
    ids=[name for name in SERVERS if name != "granian"],
    indirect=True,
)
@pytest.mark.parametrize("path", ["/short", "/short-sync"])
async def test_a_body_over_the_limit_gets_413(client: httpx.AsyncClient, path: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 50_000

    assert (await client.post(path, content=b"x" * 1_000_000)).status_code == 413
    assert (await client.post(path, content=pieces())).status_code == 413


async def test_a_client_gets_each_chunk_as_it_is_made(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/stream") as answer:
        chunks = answer.aiter_bytes()
        assert await anext(chunks) == b"first"
        await client.get("/release")
        assert [chunk async for chunk in chunks] == [b"second"]


async def test_a_client_that_goes_away_cancels_its_view(
    server: Server, address: str, client: httpx.AsyncClient
) -> None:
    async with client_of(server, address) as leaving:
        request = asyncio.create_task(leaving.get("/for-ever"))
        assert (await client.get("/until/waits")).text == "reached"
        request.cancel()
    assert (await client.get("/until/cancelled")).text == "reached"


async def test_a_client_that_goes_away_closes_its_stream(
    server: Server, address: str, client: httpx.AsyncClient
) -> None:
    async with client_of(server, address) as leaving, leaving.stream("GET", "/endless") as answer:
        assert await anext(answer.aiter_bytes())
    assert (await client.get("/until/closed")).text == "reached"


async def test_a_late_request_gets_503(client: httpx.AsyncClient) -> None:
    assert (await client.get("/late")).status_code == 503


# What Hypercorn 0.18 does over HTTP/2 with a stream that breaks: docs/choosing-a-server.md.
@pytest.mark.parametrize(
    "server,path",
    [
        pytest.param(server, path, id=f"{name}-{path}")
        for name, server in SERVERS.items()
        for path in ("/lacking", "/broken")
        if (name, path) != ("hypercorn, HTTP/2", "/broken")
    ],
    indirect=["server"],
)
async def test_a_client_sees_that_a_part_is_not_the_whole(
    client: httpx.AsyncClient, path: str
) -> None:
    # httpx now and then lets an error of its HTTP/2 library's through as it is.
    with pytest.raises((httpx.ProtocolError, ProtocolError)):
        await client.get(path)


@pytest.mark.parametrize(
    "server",
    [server for server in SERVERS.values() if not server.http2],
    ids=[name for name, server in SERVERS.items() if not server.http2],
    indirect=True,
)
def test_a_websocket_is_refused(address: str) -> None:
    request = (
        b"GET /meet HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with connect(int(address.rsplit(":", 1)[1])) as connection:
        connection.sendall(request)
        assert connection.recv(65536).startswith(b"HTTP/1.1 403 ")


def test_the_lifespan_is_entered_and_left(server: Server, tmp_path: Path) -> None:
    with server.run(tmp_path):
        assert (tmp_path / "lifespan").read_text() == "open"
    assert (tmp_path / "lifespan").read_text() == "closed"


def test_a_failed_start_says_why_once(server: Server, tmp_path: Path) -> None:
    with server.start(tmp_path, free_port(), STORE="away") as process:
        output = process.communicate(timeout=20)[0]
    assert output.count("The store is away: start it.") == 1
    assert "Traceback" not in output
    assert process.returncode not in {0, None}
