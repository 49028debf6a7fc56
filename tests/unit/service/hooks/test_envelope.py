"""What every answer carries, those of the bridge itself too."""

import asyncio
import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask, request

from service.asgi import FlaskToAsgi, served
from service.hooks import Envelope, register_hooks
from service.logs import _name_request
from tests.unit.service.asgi.client import Exchange, exchange, http_scope
from tests.unit.service.hooks.conftest import settings_of
from tests.unit.service.hooks.test_security_headers import DEFAULTS

ORIGIN = "https://app.example.org"
HEADERS = [
    (b"host", b"localhost"),
    (b"origin", ORIGIN.encode()),
    (b"x-request-id", b"refused-7"),
]


@pytest.fixture
def waiting() -> asyncio.Event:
    """Set when the view that waits has begun to."""
    return asyncio.Event()


@pytest.fixture
def envelope(flask_app: Flask, waiting: asyncio.Event) -> Envelope:
    """An application that a request can fail in all ways, under tight limits."""

    @flask_app.post("/read")
    async def read() -> bytes:
        return request.get_data()

    @flask_app.post("/read-in-thread")
    def read_in_thread() -> bytes:
        return request.get_data()

    @flask_app.get("/late")
    @served(deadline=0.01)
    async def late() -> str:
        waiting.set()
        await asyncio.Event().wait()
        return ""

    @flask_app.get("/broken")
    async def broken() -> Iterator[bytes]:
        def chunks() -> Iterator[bytes]:
            raise LookupError("before the first chunk")
            yield b""

        return chunks()

    flask_app.config["MAX_CONTENT_LENGTH"] = 7
    settings = settings_of(FLASK_CORS_ORIGINS=ORIGIN)
    register_hooks(flask_app, settings)
    bridge = FlaskToAsgi(
        flask_app, body_deadline=0.01, max_header_count=5, max_in_flight=1, max_queued=0
    )
    return Envelope(bridge, settings)


def check(answer: Exchange, status: int, request_id: str = "refused-7") -> None:
    """Check that an answer carries everything, once."""
    assert answer.sent[0]["type"] == "http.response.start"
    names = [name for name, _ in answer.sent[0]["headers"]]
    assert len(names) == len(set(names))
    headers = {name.decode(): value.decode() for name, value in answer.headers.items()}
    assert answer.status == status
    assert headers["x-request-id"] == request_id
    assert {name: headers.get(name) for name in DEFAULTS} == DEFAULTS
    assert (headers["access-control-allow-origin"], headers["vary"]) == (ORIGIN, "Origin")


def check_problem(answer: Exchange, status: int) -> None:
    check(answer, status)
    problem = json.loads(answer.body)
    assert (problem["status"], problem["requestId"]) == (status, "refused-7")


async def test_too_many_headers(envelope: Envelope) -> None:
    headers = [*HEADERS, *((f"x-{n}".encode(), b"1") for n in range(5))]
    check_problem(await exchange(envelope, headers=headers), 431)


@pytest.mark.parametrize("path", ["/read", "/read-in-thread", "/missing"])
async def test_a_body_that_is_too_long_by_its_own_account(envelope: Envelope, path: str) -> None:
    headers = [*HEADERS, (b"content-length", b"8")]
    check_problem(await exchange(envelope, "POST", path, headers=headers), 413)


@pytest.mark.parametrize("path", ["/read", "/read-in-thread"])
async def test_a_body_that_turns_out_too_long(envelope: Envelope, path: str) -> None:
    headers = [*HEADERS, (b"transfer-encoding", b"chunked")]
    answer = await exchange(envelope, "POST", path, [b"12345", b"67890"], headers=headers)
    check_problem(answer, 413)


@pytest.mark.parametrize("path", ["/read", "/read-in-thread"])
async def test_a_body_that_stalls(envelope: Envelope, path: str) -> None:
    client = Exchange(envelope, http_scope("POST", path, headers=HEADERS), ended=True)
    check_problem(await client.run(), 408)


async def test_a_deadline_that_passes(envelope: Envelope, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(_name_request)
    check_problem(await exchange(envelope, path="/late", headers=HEADERS), 503)
    assert [record.request for record in caplog.records] == [" [refused-7]"]


async def test_no_room(envelope: Envelope, waiting: asyncio.Event) -> None:
    first = asyncio.create_task(exchange(envelope, path="/late", headers=HEADERS))
    await waiting.wait()
    second = await exchange(envelope, path="/late", headers=HEADERS)
    assert second.headers[b"retry-after"] == b"1"
    check_problem(second, 503)
    check_problem(await first, 503)


async def test_a_stream_that_breaks_before_it_begins(envelope: Envelope) -> None:
    answer = await exchange(envelope, path="/broken", headers=HEADERS)
    check(answer, 500)
    assert answer.body == b"Internal Server Error"


async def test_a_host_that_is_not_ours(envelope: Envelope) -> None:
    headers = [(b"host", b"evil.example"), *HEADERS[1:]]
    check_problem(await exchange(envelope, headers=headers), 421)


@pytest.mark.parametrize("sent", [b"a\r\nset-cookie: x=1", b"x" * 5_000, "ü".encode(), b"\xff"])
async def test_what_is_malformed_comes_back_nowhere(envelope: Envelope, sent: bytes) -> None:
    names = (b"x-request-id", b"origin", b"traceparent", b"tracestate")
    headers = [HEADERS[0], *((name, sent) for name in names)]
    answer = await exchange(envelope, path="/missing", headers=headers)
    assert answer.status == 404
    assert sent not in answer.body
    assert all(sent not in value for value in answer.headers.values())
    assert UUID(answer.headers[b"x-request-id"].decode()).version == 7


async def test_other_scopes_are_passed_through(envelope: Envelope) -> None:
    sent = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, str]) -> None:
        sent.append(message["type"])

    await envelope({"type": "websocket"}, receive, send)
    assert sent == ["websocket.close"]
