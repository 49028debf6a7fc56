import asyncio
import io
import logging
from collections.abc import Callable, Iterable, Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from asgiref.typing import ASGISendEvent
from flask import Flask, Response, current_app, request, send_file, stream_with_context

from service.asgi import FlaskToAsgi
from tests.unit.service.asgi.client import Exchange, exchange, http_scope

pytestmark = pytest.mark.usefixtures("each_way")

WsgiApp = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


class Chunks:
    """A response iterable that counts what is done with it."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = iter(chunks)
        self.pulled = 0
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self.pulled += 1
        return next(self._chunks)

    def close(self) -> None:
        self.closed += 1


async def answer_of(app: WsgiApp, method: str = "GET") -> Exchange:
    flask_app = Flask("replaced")
    flask_app.wsgi_app = app
    return await exchange(FlaskToAsgi(flask_app), method)


async def test_one_chunk_makes_two_messages(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    flask_app.add_url_rule("/", view_func=lambda: {"a": 1})
    answer = await exchange(bridge)
    assert answer.sent == [
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json"), (b"content-length", b"8")],
            "trailers": False,
        },
        {"type": "http.response.body", "body": b'{"a":1}\n', "more_body": False},
    ]


async def test_headers_are_latin_1_and_cookies_are_not_folded(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    @flask_app.get("/")
    def view() -> Response:
        response = Response("x", headers={"X-Name": "café"})
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        return response

    headers = (await exchange(bridge)).sent[0]["headers"]
    assert (b"x-name", b"caf\xe9") in headers
    assert [value for name, value in headers if name == b"set-cookie"] == [
        b"a=1; Path=/",
        b"b=2; Path=/",
    ]


async def test_a_stream_is_pulled_one_chunk_at_a_time(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    pulled: list[str] = []

    @flask_app.get("/")
    async def view() -> Response:
        def generate() -> Iterator[str]:
            for letter in "abc":
                pulled.append(letter)
                yield letter
            yield current_app.ensure_sync(later)()

        async def later() -> str:
            await asyncio.sleep(0)
            return request.path

        return Response(stream_with_context(generate()))

    async def send(message: ASGISendEvent) -> None:
        await asyncio.sleep(0)
        if message["type"] == "http.response.body":
            seen.append((message["body"], len(pulled), message["more_body"]))

    seen: list[tuple[bytes, int, bool]] = []
    client = Exchange(bridge, http_scope())
    client.send = send
    await client.run()
    assert seen == [
        (b"a", 1, True),
        (b"b", 2, True),
        (b"c", 3, True),
        (b"/", 3, True),
        (b"", 3, False),
    ]


async def test_what_closes_with_the_response_is_closed_after_it_is_sent(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    @flask_app.get("/")
    def view() -> Response:
        response = Response("x")
        response.call_on_close(lambda: sent_at_close.append(len(client.sent)))
        return response

    sent_at_close: list[int] = []
    client = Exchange(bridge, http_scope())
    await client.run()
    assert sent_at_close == [2]


async def test_a_sent_file_is_closed(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    file = io.BytesIO(b"x" * 20_000)
    flask_app.add_url_rule("/", view_func=lambda: send_file(file, "text/plain"))
    assert len((await exchange(bridge)).body) == 20_000
    assert file.closed


@pytest.mark.parametrize("method,status", [("HEAD", 200), ("GET", 204), ("GET", 304)])
async def test_a_bodiless_answer_has_no_body(method: str, status: int) -> None:
    chunks = Chunks(b"body")

    def app(_: WSGIEnvironment, start_response: StartResponse) -> Chunks:
        start_response(f"{status} X", [("Content-Length", "4")] if method == "HEAD" else [])
        return chunks

    answer = await answer_of(app, method)
    assert (answer.status, answer.pieces, chunks.closed) == (status, [b""], 1)


async def test_flask_answers_head_with_the_length(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    flask_app.add_url_rule("/", view_func=lambda: "four")
    answer = await exchange(bridge, "HEAD")
    assert (answer.headers[b"content-length"], answer.pieces) == (b"4", [b""])


async def test_content_length_is_never_exceeded() -> None:
    chunks = Chunks(b"ab", b"", b"cdef", b"gh", b"ij")

    def app(_: WSGIEnvironment, start_response: StartResponse) -> Chunks:
        start_response("200 OK", [("Content-Length", "4")])
        return chunks

    answer = await answer_of(app)
    assert answer.pieces == [b"ab", b"cd"]
    assert (chunks.pulled, chunks.closed) == (4, 1)


async def test_a_generator_runs_on_after_its_last_chunk() -> None:
    ended: list[bool] = []

    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        yield b"ab"
        ended.append(True)

    assert (await answer_of(app)).pieces == [b"ab"]
    assert ended == [True]


async def test_write_sends_before_what_is_iterated() -> None:
    def app(_: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [])(b"written ")
        return [b"returned"]

    assert (await answer_of(app)).pieces == [b"written ", b"returned", b""]


async def test_an_error_before_the_start_is_logged_and_answered(
    flask_app: Flask, bridge: FlaskToAsgi, caplog: pytest.LogCaptureFixture
) -> None:
    @flask_app.teardown_request
    def fail(_: BaseException | None) -> None:
        raise LookupError("in teardown")

    with caplog.at_level(logging.ERROR, "service.asgi"):
        answer = await exchange(bridge, path="/a\nb")
    assert (answer.status, answer.body) == (500, b"Internal Server Error")
    assert answer.headers[b"content-length"] == b"21"
    assert "GET '/a\\nb' failed" in caplog.text
    assert "LookupError: in teardown" in caplog.text


@pytest.mark.parametrize(
    "app",
    [
        lambda _environ, _start: [b"x"],
        lambda _environ, _start: [],
        lambda _environ, start: [start("200 OK", []), start("200 OK", [])],
        lambda _environ, start: start("200 OK", [("X", "한")]),
        lambda _environ, start: start("OK", []),
    ],
    ids=["no start", "no start, no body", "two starts", "not latin-1", "no status"],
)
async def test_an_application_that_breaks_wsgi_gets_a_500(app: WsgiApp) -> None:
    assert (await answer_of(app)).status == 500


async def test_an_error_in_mid_stream_is_raised_and_the_iterable_closed() -> None:
    closed: list[bool] = []

    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            yield b"part"
            raise LookupError("in mid-stream")
        finally:
            closed.append(True)

    flask_app = Flask("replaced")
    flask_app.wsgi_app = app
    client = Exchange(FlaskToAsgi(flask_app), http_scope())
    with pytest.raises(LookupError, match="in mid-stream"):
        await client.run()
    assert client.pieces == [b"part"]
    assert [message["type"] for message in client.sent].count("http.response.start") == 1
    assert closed == [True]


def start_again(start_response: StartResponse) -> None:
    error = LookupError("late")
    start_response("503 Service Unavailable", [], (LookupError, error, None))


async def test_exc_info_replaces_a_start_that_is_not_sent() -> None:
    def app(_: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "1")])
        start_again(start_response)
        return [b"sorry"]

    answer = await answer_of(app)
    assert (answer.status, answer.headers, answer.body) == (503, {}, b"sorry")


async def test_exc_info_is_raised_once_the_start_is_sent() -> None:
    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"part"
        start_again(start_response)

    with pytest.raises(LookupError, match="late"):
        await answer_of(app)


async def test_cancellation_in_mid_send_closes_the_iterable() -> None:
    chunks = Chunks(b"a", b"b")

    def app(_: WSGIEnvironment, start_response: StartResponse) -> Chunks:
        start_response("200 OK", [])
        return chunks

    async def send(_: ASGISendEvent) -> None:
        sending.set()
        await asyncio.Event().wait()

    sending = asyncio.Event()
    flask_app = Flask("replaced")
    flask_app.wsgi_app = app
    client = Exchange(FlaskToAsgi(flask_app), http_scope())
    client.send = send
    task = asyncio.create_task(client.run())
    await sending.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (chunks.pulled, chunks.closed) == (1, 1)
