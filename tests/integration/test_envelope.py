"""What every answer carries, over a socket: those of the bridge itself too."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.integration.serving import ask, connect, hypercorn, rest_of

APP = """
import asyncio
from flask import Flask, request
from service.asgi import FlaskToAsgi, served
from service.error_responses import register_error_responses
from service.hooks import Envelope, register_hooks
from service.settings import load_settings

settings = load_settings({"FLASK_CORS_ORIGINS": "https://app.example.org"}, dotenv=None)
flask_app = Flask(__name__)
flask_app.config["MAX_CONTENT_LENGTH"] = 1000
register_error_responses(flask_app)
register_hooks(flask_app, settings)
bridge = FlaskToAsgi(
    flask_app, body_deadline=0.3, max_header_count=20, max_in_flight=1, max_queued=0
)
app = Envelope(bridge, settings)

@flask_app.post("/read")
async def read():
    return request.get_data()

@flask_app.get("/late")
@served(deadline=0.3)
async def late():
    await asyncio.Event().wait()

@flask_app.get("/hold")
async def hold():
    async def chunks():
        yield b"begun"
        await asyncio.Event().wait()
    return chunks()

@flask_app.get("/broken")
async def broken():
    def chunks():
        raise LookupError("before the first chunk")
        yield b""
    return chunks()
"""

HEAD = (
    "{} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\norigin: https://app.example.org\r\n"
    "x-request-id: {}\r\n{}\r\n"
)


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with hypercorn(tmp_path_factory.mktemp("served"), APP, request.param) as port:
        yield port


def request_of(
    line: str, *headers: str, host: str = "localhost", request_id: str = "mine-7"
) -> bytes:
    return HEAD.format(line, host, request_id, "".join(f"{it}\r\n" for it in headers)).encode()


def check(answer: bytes, status: int) -> bytes:
    """Check that an answer carries everything, once; give its body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [tuple(line.split(": ", 1)) for line in lines]
    assert first.split()[1] == str(status)
    assert len(dict(headers)) == len(headers)
    carried = dict(headers)
    assert carried["x-request-id"] == "mine-7"
    assert carried["x-content-type-options"] == "nosniff"
    assert carried["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert carried["cache-control"] == "private, no-cache"
    assert carried["access-control-allow-origin"] == "https://app.example.org"
    assert carried["vary"] == "Origin"
    assert re.match(r"total;dur=[\d.]+, stores;dur=0.00$", carried["server-timing"])
    return body


def check_problem(answer: bytes, status: int) -> None:
    problem = json.loads(check(answer, status))
    assert (problem["status"], problem["requestId"]) == (status, "mine-7")


@pytest.mark.parametrize(
    "status,line,headers",
    [
        (404, "GET /missing", []),
        (405, "GET /read", []),
        (408, "POST /read", ["content-length: 5"]),
        (413, "POST /read", ["content-length: 1001"]),
        (431, "GET /missing", [f"x-{number}: 1" for number in range(20)]),
        (503, "GET /late", []),
    ],
)
def test_a_refusal_carries_everything(
    port: int, status: int, line: str, headers: list[str]
) -> None:
    check_problem(ask(port, request_of(line, *headers)), status)


def test_one_that_finds_no_room_too(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(request_of("GET /hold"))
        assert b"HTTP/1.1 200" in connection.recv(65536)
        check_problem(ask(port, request_of("GET /missing")), 503)


def test_a_stream_that_breaks_before_it_begins_too(port: int) -> None:
    assert check(ask(port, request_of("GET /broken")), 500) == b"Internal Server Error"


def test_another_host_too(port: int) -> None:
    check_problem(ask(port, request_of("GET /missing", host="evil.example")), 421)


def test_a_preflight(port: int) -> None:
    answer = ask(port, request_of("OPTIONS /read", "access-control-request-method: POST"))
    assert check(answer, 204) == b""
    assert b"access-control-allow-methods: OPTIONS, POST\r\n" in answer


@pytest.mark.parametrize("sent", ["a b", "x" * 10_000, "é", "%0d%0aset-cookie:x", "a\tb"])
def test_a_malformed_id_is_replaced(port: int, sent: str) -> None:
    answer = ask(port, request_of("GET /missing", request_id=sent))
    assert re.search(rb"\r\nx-request-id: [0-9a-f-]{36}\r\n", answer)
    assert sent.encode() not in answer


def test_a_forged_header_behind_an_id_is_not_sent_back(port: int) -> None:
    answer = ask(port, request_of("GET /missing", request_id="a\r\nset-cookie: x=1"))
    assert b"\r\nx-request-id: a\r\n" in answer
    assert b"set-cookie" not in answer


def test_a_whole_stream_passes(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(request_of("POST /read", "content-length: 3") + b"abc")
        assert check(rest_of(connection), 200) == b"abc"
