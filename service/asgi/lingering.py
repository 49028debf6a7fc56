"""What keeps an early answer from being lost."""

import asyncio

from asgiref.typing import ASGISendCallable, ASGISendEvent, HTTPScope
from werkzeug.exceptions import ClientDisconnected

from service.asgi.body import RequestBody

SECONDS = 2.0
BYTES = 8 * 1024 * 1024


def linger(scope: HTTPScope, body: RequestBody, send: ASGISendCallable) -> ASGISendCallable:
    """Have `send` end an answer only when the request's body has been received, or too much of it.

    A server of HTTP/1.1 closes the connection behind an answer whose request it has not read. The
    client's next bytes are then answered by a reset, which can take the answer from it: nginx has
    `lingering_close` for the same. Over HTTP/2, Hypercorn 0.18 drops the connection with all its
    streams. What is received is dropped: at most BYTES, for SECONDS.
    """
    if not _announces_body(scope):
        return send

    async def send_and_linger(message: ASGISendEvent) -> None:
        if message["type"] != "http.response.body" or message["more_body"] or body.ended:
            await send(message)
            return
        await send({**message, "more_body": True})
        await _receive_rest(body)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return send_and_linger


def _announces_body(scope: HTTPScope) -> bool:
    if scope["http_version"] == "2":
        # A body needs no header to announce it there.
        return scope["method"] not in {"GET", "HEAD"}
    names = {b"content-length", b"transfer-encoding"}
    return scope["http_version"] in {"1.0", "1.1"} and any(
        name in names and value != b"0" for name, value in scope["headers"]
    )


async def _receive_rest(body: RequestBody) -> None:
    received = 0
    try:
        async with asyncio.timeout(SECONDS):
            while received < BYTES and not body.ended:
                received += len(await body.receive_chunk())
    except (TimeoutError, ClientDisconnected):
        return
