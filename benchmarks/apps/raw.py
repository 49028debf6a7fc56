"""No framework: the limit of what an application can reach on this server."""

import asyncio
import json
import time

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from benchmarks.apps.rows import PooledRows
from benchmarks.apps.work import BINARY, CHUNK, CHUNKS, DONE, GREETING, LONG_WAIT, SHORT_WAIT

rows = PooledRows()


async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Serve by path; the lifespan is refused by the error that ASGI asks for."""
    if scope["type"] != "http":
        raise ValueError(scope["type"])
    await VIEWS[scope["path"]](receive, send)


async def _start(send: ASGISendCallable, content_type: str, length: int | None) -> None:
    headers = [(b"content-type", content_type.encode())]
    if length is not None:
        headers.append((b"content-length", b"%d" % length))
    await send(
        {"type": "http.response.start", "status": 200, "headers": headers, "trailers": False}
    )


async def _answer(send: ASGISendCallable, content_type: str, body: bytes) -> None:
    await _start(send, content_type, len(body))
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _answer_json(send: ASGISendCallable, value: object) -> None:
    await _answer(send, "application/json", json.dumps(value).encode())


async def _json(_receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await _answer_json(send, GREETING)


async def _wait(_receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await asyncio.sleep(SHORT_WAIT)
    await _answer_json(send, DONE)


async def _long(_receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await asyncio.sleep(LONG_WAIT)
    await _answer_json(send, DONE)


async def _echo(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    chunks, more_body = [], True
    while more_body:
        message = await receive()
        chunks.append(message["body"])
        more_body = message["more_body"]
    await _answer(send, BINARY, b"".join(chunks))


async def _stream(_receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await _start(send, BINARY, None)
    for _ in range(CHUNKS):
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _row(_receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await _answer_json(send, await rows.get())


async def _blocking(_receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await asyncio.to_thread(time.sleep, SHORT_WAIT)
    await _answer_json(send, DONE)


VIEWS = {
    "/json": _json,
    "/wait": _wait,
    "/long": _long,
    "/echo": _echo,
    "/stream": _stream,
    "/row": _row,
    "/blocking": _blocking,
}
