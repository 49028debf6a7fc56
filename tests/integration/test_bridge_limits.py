"""Bodies and headers that are too much, or too slow, under a real server."""

import contextlib
from collections.abc import Iterator

import pytest

from tests.integration.serving import ask, connect, hypercorn, rest_of

APP = """
from flask import Flask, request
from service.asgi import FlaskToAsgi

flask_app = Flask(__name__)
flask_app.config["MAX_CONTENT_LENGTH"] = 1000
app = FlaskToAsgi(flask_app, body_deadline=0.3, max_header_count=20)

@flask_app.post("/unread")
async def unread():
    return "unread"

@flask_app.post("/async")
async def asynchronous():
    return request.get_data()

@flask_app.post("/sync")
def synchronous():
    return request.get_data()

@flask_app.errorhandler(Exception)
async def handle(error):
    return f"problem {error.code}", error.code
"""

HEAD = "POST {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n{}\r\n"


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with hypercorn(tmp_path_factory.mktemp("served"), APP, request.param) as port:
        yield port


def ask_unheard(port: int, request: bytes, end: bytes) -> bytes:
    """Return an answer up to its end, and don't wait for the server to hear the request out."""
    with connect(port) as connection:
        connection.sendall(request)
        answer = b""
        while not answer.endswith(end) and (more := connection.recv(65536)):
            answer += more
    return answer


@pytest.mark.parametrize("path", ["/unread", "/async", "/sync"])
def test_a_body_too_long_gets_413_before_it_is_sent(port: int, path: str) -> None:
    answer = ask_unheard(port, HEAD.format(path, 1001, "").encode(), b"problem 413")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b"problem 413")


@pytest.mark.parametrize("path", ["/async", "/sync"])
def test_a_body_that_stalls_gets_408(port: int, path: str) -> None:
    answer = ask_unheard(port, HEAD.format(path, 5, "").encode() + b"abc", b"problem 408")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert answer.endswith(b"problem 408")


@pytest.mark.parametrize("path", ["/async", "/sync"])
def test_a_body_that_trickles_gets_408(port: int, path: str) -> None:
    """No pause between two bytes is as long as the deadline; all together are."""
    answer = b""
    with connect(port) as connection:
        connection.sendall(HEAD.format(path, 1000, "").encode())
        connection.settimeout(0.02)
        for _ in range(999):
            connection.sendall(b"x")
            with contextlib.suppress(TimeoutError):
                answer = connection.recv(65536)
                break
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_client_that_waits_for_100_gets_it(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(HEAD.format("/async", 3, "expect: 100-continue\r\n").encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"abc")
        answer = rest_of(connection)
    assert b"HTTP/1.1 200 " in answer
    assert answer.endswith(b"abc")


def test_too_many_headers_get_431(port: int) -> None:
    headers = "".join(f"x-{n}: 1\r\n" for n in range(20))
    answer = ask(port, HEAD.format("/async", 0, headers).encode())
    assert answer.startswith(b"HTTP/1.1 431 ")
