import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from asgiref.typing import ASGISendEvent
from flask import Flask, Response, request, send_file

from service.asgi import FlaskToAsgi
from tests.unit.service.asgi.client import Exchange, exchange, http_scope

pytestmark = pytest.mark.usefixtures("each_way")

CONTENT = bytes(range(250)) * 600


async def letters(steps: list[str]) -> AsyncIterator[str]:
    try:
        for letter in "abc":
            await asyncio.sleep(0)
            steps.append(letter)
            yield letter + request.path
    finally:
        await asyncio.sleep(0)
        steps.append("closed")


@pytest.mark.parametrize(
    "wrap,status",
    [
        (lambda chunks: chunks, 200),
        (lambda chunks: (chunks, 202), 202),
        (lambda chunks: (chunks, 202, {"X-Name": "value"}), 202),
        (Response, 200),
    ],
    ids=["alone", "with a status", "with headers", "in a Response"],
)
@pytest.mark.parametrize("is_async", [True, False])
async def test_an_async_generator_is_streamed(
    flask_app: Flask,
    bridge: FlaskToAsgi,
    wrap: Callable[[AsyncIterator[str]], object],
    status: int,
    is_async: object,
) -> None:
    steps: list[str] = []

    async def asynchronous() -> object:
        return wrap(letters(steps))

    def synchronous() -> object:
        return wrap(letters(steps))

    flask_app.add_url_rule("/", "view", asynchronous if is_async else synchronous)
    answer = await exchange(bridge)
    assert (answer.status, answer.pieces) == (status, [b"a/", b"b/", b"c/", b""])
    assert steps == ["a", "b", "c", "closed"]


async def test_it_is_closed_when_the_client_goes_away(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    steps: list[str] = []
    sending = asyncio.Event()

    async def held_up(message: ASGISendEvent) -> None:
        if message["type"] == "http.response.body":
            sending.set()
            await asyncio.Event().wait()

    @flask_app.get("/")
    async def view() -> AsyncIterator[str]:
        return letters(steps)

    client = Exchange(bridge, http_scope(), disconnects=True)
    client.send = held_up
    async with asyncio.timeout(10):
        await client.run()
    assert sending.is_set()
    assert steps == ["a", "closed"]


async def test_head_of_a_stream_takes_nothing_from_it(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    steps: list[str] = []

    @flask_app.get("/")
    async def view() -> AsyncIterator[str]:
        return letters(steps)

    assert (await exchange(bridge, "HEAD")).pieces == [b""]
    assert steps == []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.bin"
    path.write_bytes(CONTENT)
    return path


async def test_a_file_is_read_in_a_thread_and_closed(
    flask_app: Flask, bridge: FlaskToAsgi, file: Path
) -> None:
    readers: set[bool] = set()

    class Spied:
        def __init__(self) -> None:
            self.file = file.open("rb")
            self.seek, self.tell, self.close = self.file.seek, self.file.tell, self.file.close

        def read(self, size: int) -> bytes:
            readers.add(threading.current_thread() is threading.main_thread())
            return self.file.read(size)

    spied = Spied()

    @flask_app.get("/")
    async def view() -> Response:
        return send_file(spied, "application/octet-stream")

    assert (await exchange(bridge)).body == CONTENT
    assert readers == {False}
    assert spied.file.closed


@pytest.mark.parametrize("on_loop", [True, False])
async def test_a_range_of_a_file(
    flask_app: Flask, bridge: FlaskToAsgi, file: Path, on_loop: object
) -> None:
    async def asynchronous() -> Response:
        return send_file(file)

    flask_app.add_url_rule("/", "view", asynchronous if on_loop else lambda: send_file(file))
    headers = [(b"host", b"x"), (b"range", b"bytes=100-70099")]
    answer = await exchange(bridge, headers=headers)
    assert (answer.status, answer.headers[b"content-range"]) == (206, b"bytes 100-70099/150000")
    assert answer.body == CONTENT[100:70100]
    headers = [(b"host", b"x"), (b"if-none-match", answer.headers[b"etag"])]
    answer = await exchange(bridge, headers=headers)
    assert (answer.status, answer.body) == (304, b"")


def test_outside_a_server_an_async_generator_is_streamed_too(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    @flask_app.get("/")
    async def view() -> AsyncIterator[str]:
        return letters([])

    assert flask_app.test_client().get("/").text == "a/b/c/"
