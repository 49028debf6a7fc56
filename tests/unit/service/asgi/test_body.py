import asyncio
import io
from collections.abc import Callable

import pytest
from asgiref.typing import ASGIReceiveEvent
from flask import Flask, Request, request
from werkzeug.exceptions import ClientDisconnected

from service.asgi import FlaskToAsgi, lingering
from service.asgi.body import RequestBody
from service.asgi.greenlets import run_in_greenlet
from tests.unit.service.asgi.client import Exchange, exchange, http_scope

pytestmark = pytest.mark.usefixtures("each_way")

CHUNKED = [(b"host", b"example.org"), (b"transfer-encoding", b"chunked")]


async def use_body(chunks: list[bytes], use: Callable[[RequestBody], object]) -> object:
    client = Exchange(FlaskToAsgi(Flask("unused")), http_scope(), chunks)
    return await run_in_greenlet(use, RequestBody(client.receive))


@pytest.mark.parametrize(
    "use,expected",
    [
        (lambda body: body.read(), b"ab\ncde\nf"),
        (lambda body: body.read(None), b"ab\ncde\nf"),
        (lambda body: [body.read(5), body.read(0), body.read(9)], [b"ab\ncd", b"", b"e\nf"]),
        (lambda body: [body.read1(1), body.read1(), body.read1()], [b"a", b"b\n", b"cd"]),
        (lambda body: body.readline(), b"ab\n"),
        (lambda body: [body.readline(2), body.readline(None)], [b"ab", b"\n"]),
        (lambda body: body.readlines(), [b"ab\n", b"cde\n", b"f"]),
        (list, [b"ab\n", b"cde\n", b"f"]),
        (lambda body: (body.readinto(buffer := bytearray(5)), buffer), (5, b"ab\ncd")),
        (lambda body: list(io.TextIOWrapper(body, "utf-8")), ["ab\n", "cde\n", "f"]),
        (lambda body: [body.read(), body.read(), body.readline()], [b"ab\ncde\nf", b"", b""]),
        (lambda body: body.readable(), True),
    ],
)
async def test_it_reads_as_a_file_does(
    use: Callable[[RequestBody], object], expected: object
) -> None:
    assert await use_body([b"ab\n", b"", b"cd", b"e\nf"], use) == expected


async def test_nothing_is_received_before_it_is_asked_for(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    @flask_app.post("/")
    async def view() -> str:
        first = request.stream.read(3)
        left = len(client.chunks)
        return f"{first.decode()} {left} {request.stream.read().decode()}"

    client = Exchange(bridge, http_scope("POST"), [b"abc", b"def", b"ghi"])
    assert (await client.run()).body == b"abc 2 defghi"


async def test_a_body_that_no_view_reads_is_not_received(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    flask_app.add_url_rule("/", view_func=lambda: "unread", methods=["POST"])
    client = Exchange(bridge, http_scope("POST"), [b"abc"])
    assert (await client.run()).body == b"unread"
    assert client.chunks == [b"abc"]


async def test_reading_waits_for_the_client_and_lets_others_run(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    @flask_app.post("/")
    def view() -> bytes:
        return request.get_data()

    arrived: asyncio.Queue[ASGIReceiveEvent] = asyncio.Queue()
    client = Exchange(bridge, http_scope("POST"))
    client.receive = arrived.get
    task = asyncio.create_task(client.run())
    await arrived.put({"type": "http.request", "body": b"a", "more_body": True})
    assert (await exchange(bridge, "POST", chunks=[b"other"])).body == b"other"
    await arrived.put({"type": "http.request", "body": b"b", "more_body": False})
    assert (await task).body == b"ab"


async def test_what_has_come_already_needs_no_timer(
    flask_app: Flask, bridge: FlaskToAsgi, monkeypatch: pytest.MonkeyPatch
) -> None:
    @flask_app.post("/")
    async def view() -> bytes:
        return request.get_data()

    monkeypatch.setattr(asyncio, "timeout_at", None)
    for _ in range(2):
        assert (await exchange(bridge, "POST", chunks=[b"a", b"b"])).body == b"ab"


async def test_chunked_json_and_forms_reach_the_view(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    @flask_app.post("/")
    async def view() -> str:
        return f"{request.get_json(silent=True)} {request.form.to_dict()}"

    as_json = [*CHUNKED, (b"content-type", b"application/json")]
    answer = await exchange(bridge, "POST", chunks=[b'{"a"', b":1}"], headers=as_json)
    assert answer.body == b"{'a': 1} {}"
    as_form = [*CHUNKED, (b"content-type", b"application/x-www-form-urlencoded")]
    answer = await exchange(bridge, "POST", chunks=[b"a=", b"1"], headers=as_form)
    assert answer.body == b"None {'a': '1'}"


async def test_a_multipart_file_reaches_the_view(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    @flask_app.post("/")
    async def view() -> bytes:
        return request.files["f"].read()

    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="n"\r\n\r\n'
        b"one\r\ntwo\r\n--x--\r\n"
    )
    headers = [*CHUNKED, (b"content-type", b"multipart/form-data; boundary=x")]
    pieces = [body[start : start + 7] for start in range(0, len(body), 7)]
    assert (await exchange(bridge, "POST", chunks=pieces, headers=headers)).body == b"one\r\ntwo"


@pytest.mark.parametrize(
    "headers,left", [([(b"content-length", b"12")], 3), (CHUNKED, 1)], ids=["declared", "chunked"]
)
async def test_a_body_over_the_limit_is_refused_as_soon_as_that_is_known(
    flask_app: Flask, bridge: FlaskToAsgi, headers: list[tuple[bytes, bytes]], left: int
) -> None:
    flask_app.config["MAX_CONTENT_LENGTH"] = 7

    @flask_app.post("/")
    async def view() -> bytes:
        return request.get_data()

    client = Exchange(bridge, http_scope("POST", headers=headers), [b"abcd", b"efgh", b"ijkl"])
    assert (await client.run()).status == 413
    assert client.unasked == left


@pytest.mark.parametrize(
    "headers,times", [([(b"content-length", b"4")], 1), (CHUNKED, 5)], ids=["declared", "chunked"]
)
async def test_the_limit_of_a_declared_body_is_looked_up_once(
    flask_app: Flask, headers: list[tuple[bytes, bytes]], times: int
) -> None:
    class Counted(Request):
        @property
        def max_content_length(self) -> int | None:
            asked.append(self)
            return 10

    @flask_app.post("/")
    async def view() -> bytes:
        return request.get_data()

    asked: list[Request] = []
    flask_app.request_class = Counted
    chunks = [b"a", b"b", b"c", b"d"]
    answer = await exchange(FlaskToAsgi(flask_app), "POST", chunks=chunks, headers=headers)
    assert answer.body == b"abcd"
    assert len(asked) == times


async def test_more_than_was_declared_is_held_to_the_limit(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    flask_app.config["MAX_CONTENT_LENGTH"] = 4

    @flask_app.post("/")
    async def view() -> bytes:
        return request.get_data()

    headers = [(b"content-length", b"2")]
    answer = await exchange(bridge, "POST", chunks=[b"ab", b"cd", b"e"], headers=headers)
    assert answer.status == 413


async def test_what_comes_behind_a_full_limit_is_refused(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    @flask_app.post("/")
    async def view() -> bytes:
        request.max_content_length = 4
        return request.get_data()

    answer = await exchange(bridge, "POST", chunks=[b"ab", b"cd", b"", b"e"], headers=CHUNKED)
    assert answer.status == 413


async def test_an_answer_ends_when_its_request_has_been_received(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    scope = http_scope("POST", headers=[(b"content-length", b"12")])
    client = await Exchange(bridge, scope, [b"abcd", b"efgh", b"ijkl"]).run()
    assert (client.status, client.unasked, client.chunks) == (404, 3, [])
    assert [message.get("more_body") for message in client.sent] == [None, True, False]


async def test_an_answer_ends_when_its_client_has_gone(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    scope = http_scope("POST", headers=CHUNKED)
    client = await Exchange(bridge, scope, [b"abcd"], disconnects=True).run()
    assert client.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_an_answer_does_not_wait_for_an_endless_request(
    flask_app: Flask, bridge: FlaskToAsgi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lingering, "BYTES", 10)
    scope = http_scope("POST", headers=CHUNKED)
    client = await Exchange(bridge, scope, [b"abcd"] * 100).run()
    assert client.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    assert len(client.chunks) == 97


async def test_a_chunked_body_may_fill_the_limit(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    @flask_app.post("/")
    async def view() -> bytes:
        request.max_content_length = 4
        return request.get_data()

    answer = await exchange(bridge, "POST", chunks=[b"ab", b"cd"], headers=CHUNKED)
    assert (answer.status, answer.body) == (200, b"abcd")


async def test_a_client_that_goes_away_in_mid_body_is_an_error(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    errors: list[ClientDisconnected] = []

    @flask_app.errorhandler(ClientDisconnected)
    def handle(error: ClientDisconnected) -> tuple[str, int]:
        errors.append(error)
        with pytest.raises(ClientDisconnected):
            request.stream.read()
        return "gone", 400

    @flask_app.post("/")
    async def view() -> bytes:
        return request.get_data()

    answer = await exchange(bridge, "POST", chunks=[b"ab"], disconnects=True)
    assert (answer.status, len(errors)) == (400, 1)
