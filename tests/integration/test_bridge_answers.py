"""Answers byte by byte, where a client library would hide what went over the socket."""

import re
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.acceptance.polling import until
from tests.integration.serving import ask, connect, get, hypercorn, rest_of

APP = """
import werkzeug.utils
from pathlib import Path
from flask import Flask, Response, request, send_file
from service.asgi import FlaskToAsgi

flask_app = Flask(__name__)
app = FlaskToAsgi(flask_app)
path = Path("file.bin").absolute()
path.write_bytes(bytes(range(250)) * 400)
large = Path("large.bin").absolute()
with large.open("wb") as file:
    file.truncate(100_000_000)
files, pulled, closed = [], [], []

def spied_open(*args):
    files.append(open(*args))
    return files[-1]

werkzeug.utils.open = spied_open

@flask_app.get("/opened")
async def opened():
    return f"{len(files)} opened, {sum(not file.closed for file in files)} open"

@flask_app.get("/async/file")
async def file():
    return send_file(path)

@flask_app.get("/sync/file")
def sync_file():
    return send_file(path)

@flask_app.get("/async/large")
async def large_file():
    return send_file(large)

@flask_app.get("/sync/large")
def sync_large_file():
    return send_file(large)

def endless():
    def generate():
        try:
            while True:
                pulled.append(1)
                yield b"x" * 65536
        finally:
            closed.append("generator")
    pulled.clear()
    closed.clear()
    response = Response(generate())
    response.call_on_close(lambda: closed.append("response"))
    return response

@flask_app.get("/async/endless")
async def async_endless():
    return endless()

@flask_app.get("/sync/endless")
def sync_endless():
    return endless()

@flask_app.get("/pulled")
async def count_pulled():
    return str(len(pulled))

@flask_app.get("/closed")
async def show_closed():
    return " and ".join(sorted(closed))

@flask_app.get("/stream")
async def stream():
    return Response(iter(["a", "b"]))

@flask_app.get("/none")
async def none():
    return Response("no body", 204)

@flask_app.get("/headers")
async def headers():
    seen = request.headers.get("X-Name", "")
    answer = Response(seen.encode("latin-1"), headers={"X-Name": seen, "Connection": "upgrade"})
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2")
    return answer

@flask_app.get("/length/<int:promised>")
async def length(promised):
    return Response(iter(["abc", "def"]), headers={"Content-Length": str(promised)})

@flask_app.post("/echo")
async def echo():
    return request.get_data()
"""


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with hypercorn(tmp_path_factory.mktemp("served"), APP, request.param) as port:
        yield port


@pytest.fixture(params=["/async", "/sync"])
def way(request: pytest.FixtureRequest) -> str:
    way: str = request.param
    return way


CONTENT = bytes(range(250)) * 400


def plain(path: str, *headers: str, method: str = "GET", last: bool = True) -> bytes:
    """Return the bytes of a request; after the last, the server closes the connection."""
    closing = ["connection: close"] if last else []
    lines = [f"{method} {path} HTTP/1.1", "host: x", *headers, *closing]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def split(answer: bytes) -> tuple[int, bytes, bytes]:
    """Return the status, the head and the body of an answer."""
    head, body = answer.split(b"\r\n\r\n", 1)
    return int(head.split()[1]), head, body


def test_a_file_is_answered_whole_in_part_or_not_at_all(port: int, way: str) -> None:
    def answer(*headers: str, method: str = "GET") -> tuple[int, bytes, bytes]:
        return split(ask(port, plain(way + "/file", *headers, method=method)))

    _, head, body = answer()
    assert body == CONTENT
    etag = head.split(b"etag: ")[1].split(b"\r\n")[0].decode()
    assert answer(method="HEAD")[::2] == (200, b"")
    assert b"content-length: 100000" in answer(method="HEAD")[1]
    status, head, body = answer("range: bytes=90000-")
    assert (status, body) == (206, CONTENT[90000:])
    assert b"content-range: bytes 90000-99999/100000" in head
    assert answer("range: bytes=-5")[::2] == (206, CONTENT[-5:])
    assert answer("range: bytes=1-2", f"if-range: {etag}")[::2] == (206, CONTENT[1:3])
    assert answer("range: bytes=1-2", 'if-range: "old"')[::2] == (200, CONTENT)
    assert answer("range: bytes=1-2", method="HEAD")[::2] == (206, b"")
    status, head, _ = answer("range: bytes=100000-")
    assert (status, b"content-range: bytes */100000" in head) == (416, True)
    assert answer(f"if-none-match: {etag}")[::2] == (304, b"")
    until(lambda: get(port, "/opened").endswith(b" 0 open"), "every file closed")


def test_a_file_is_closed_when_its_client_resets_the_connection(port: int, way: str) -> None:
    with connect(port) as connection:
        connection.sendall(plain(way + "/large"))
        assert connection.recv(1000)
        assert get(port, "/opened").endswith(b" 1 open")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    until(lambda: get(port, "/opened").endswith(b" 0 open"), "every file closed")


def test_a_client_that_does_not_read_holds_its_generator_back(port: int, way: str) -> None:
    def pulled() -> int:
        return int(get(port, "/pulled").split()[-1])

    with connect(port) as connection:
        connection.sendall(plain(way + "/endless"))
        assert connection.recv(1000)
        # Held back: while others are served it is asked for nothing more.
        until(lambda: len({pulled() for _ in range(10)}) == 1, "held back")
        before = pulled()
        left = 30_000_000
        while left > 0:
            left -= len(connection.recv(1_000_000))
        until(lambda: pulled() > before, "asked for more")
    until(lambda: get(port, "/closed").endswith(b"generator and response"), "closed")


def test_an_answer_without_a_body_leaves_the_connection_to_the_next(port: int) -> None:
    etag = ask(port, plain("/async/file")).split(b"etag: ")[1].split(b"\r\n")[0].decode()
    requests = (
        plain("/stream", method="HEAD", last=False)
        + plain("/none", last=False)
        + plain("/async/file", f"if-none-match: {etag}", last=False)
        + plain("/length/6")
    )
    *heads, body = ask(port, requests).split(b"\r\n\r\n")
    statuses = [b"HTTP/1.1 200", b"HTTP/1.1 204", b"HTTP/1.1 304", b"HTTP/1.1 200"]
    assert [head[:12] for head in heads] == statuses
    assert body == b"abcdef"


def test_a_client_of_http_1_0_gets_a_stream_without_chunks(port: int) -> None:
    _, head, body = split(ask(port, b"GET /stream HTTP/1.0\r\n\r\n"))
    assert body == b"ab"
    assert b"transfer-encoding" not in head.lower()


def test_headers_are_latin_1_both_ways_and_stay_apart(port: int) -> None:
    name = b"caf\xe9 \x80\xff"
    _, head, body = split(ask(port, plain("/headers", "x-name: NAME").replace(b"NAME", name)))
    lines = head.split(b"\r\n")
    assert body == name
    assert b"x-name: " + name in lines
    assert {b"set-cookie: a=1; Path=/", b"set-cookie: b=2; Path=/"} < set(lines)
    assert re.findall(rb"(?i)connection: .*", head) == [b"Connection: close"]


def test_each_answer_has_one_date(port: int) -> None:
    for path in ("/stream", "/async/file"):
        assert get(port, path).lower().count(b"\r\ndate: ") == 1


def test_content_length_is_not_exceeded_and_its_lack_is_seen(port: int) -> None:
    assert ask(port, plain("/length/4")).endswith(b"\r\n\r\nabcd")
    # Cut off, though the client would have kept the connection: it cannot take a part for all.
    assert ask(port, plain("/length/9", last=False)).endswith(b"\r\n\r\nabcdef")


def test_a_chunked_body_may_have_trailers(port: int) -> None:
    head = plain("/echo", "transfer-encoding: chunked", "trailer: x-sum", method="POST")
    answer = ask(port, head + b"3\r\nabc\r\n2\r\nde\r\n0\r\nx-sum: 5\r\n\r\n")
    assert split(answer)[::2] == (200, b"abcde")


def test_a_body_that_ends_before_its_length_is_a_bad_request(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(plain("/echo", "content-length: 5", method="POST") + b"abc")
        connection.shutdown(socket.SHUT_WR)
        assert rest_of(connection).startswith(b"HTTP/1.1 400 ")
