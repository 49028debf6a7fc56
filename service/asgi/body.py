"""The request body as a WSGI input stream that awaits the client."""

import asyncio
import io
import math
import sys
import types
from collections.abc import Coroutine, Generator
from typing import TypeVar, cast

from asgiref.typing import ASGIReceiveCallable
from flask import has_request_context, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge, RequestTimeout

from service.asgi.awaiting import await_here
from service.asgi.exchange import current_exchange

T = TypeVar("T")


class RequestBody(io.BufferedIOBase):
    """A stream that receives from the client only what is asked for, when it is asked for.

    ``read(n)`` waits for n bytes or the end, as on any WSGI server; ``read1(n)`` returns what has
    arrived. Reading raises ``ClientDisconnected`` if the client goes away before the end,
    ``RequestTimeout`` once the deadline, counted from the first read, has passed, and
    ``RequestEntityTooLarge`` as soon as more has arrived than the request's ``max_content_length``,
    and than was `announced`, the ``Content-Length``.
    """

    def __init__(self, receive: ASGIReceiveCallable, announced: str = "") -> None:
        self._receive = receive
        self._announced = int(announced) if announced.isdecimal() else 0
        self._late_at: float | None = None
        self._chunk = b""
        self._position = 0
        self._received = 0
        self.ended = False
        self._disconnected = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return `size` bytes, or all up to the end if it is negative or None, or comes first."""
        wanted = sys.maxsize if size is None or size < 0 else size
        pieces = []
        while wanted and (piece := self.read1(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def read1(self, size: int = -1, /) -> bytes:
        """Return what has arrived, at most `size` bytes; wait only if nothing has."""
        if size == 0 or not self._wait():
            return b""
        end = len(self._chunk) if size < 0 else self._position + size
        return self._take(end)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return the bytes up to and with the next newline, at most `size` of them."""
        wanted = sys.maxsize if size is None or size < 0 else size
        pieces = []
        while wanted and self._wait():
            newline = self._chunk.find(b"\n", self._position, self._position + wanted)
            piece = self._take(newline + 1 if newline >= 0 else self._position + wanted)
            pieces.append(piece)
            wanted = 0 if newline >= 0 else wanted - len(piece)
        return b"".join(pieces)

    def _take(self, end: int) -> bytes:
        start, self._position = self._position, min(end, len(self._chunk))
        return self._chunk[start : self._position]

    def _wait(self) -> bool:
        """Wait until there is something to take; return False at the end of the body."""
        while self._position == len(self._chunk):
            if self.ended:
                return False
            self._receive_chunk()
        return True

    def _receive_chunk(self) -> None:
        self._chunk, self._position = self._next_chunk(), 0
        if self._received <= self._announced:
            # Werkzeug has compared a Content-Length with the limit. To look the limit up is dear:
            # three proxies stand before it, and their attributes are found by errors.
            return
        # It cuts a chunked body off in silence: whoever reads up to the limit reads no further, so
        # what comes behind it is awaited here.
        limit = request.max_content_length if has_request_context() else None
        while limit is not None and self._received >= limit:
            if self._received > limit:
                raise RequestEntityTooLarge
            if self.ended:
                break
            self._next_chunk()

    def _next_chunk(self) -> bytes:
        return await_here(self._receive_in_time())

    async def _receive_in_time(self) -> bytes:
        if self._late_at is None:
            self._late_at = asyncio.get_running_loop().time() + _deadline()
        receiving = self.receive_chunk()
        try:
            # What has come already, which is most often all, needs no wait and no timer.
            awaited = receiving.send(None)
        except StopIteration as received:
            return cast("bytes", received.value)
        if self._late_at == math.inf:
            return await _resumed(receiving, awaited)
        try:
            async with asyncio.timeout_at(self._late_at):
                return await _resumed(receiving, awaited)
        except TimeoutError:
            raise RequestTimeout from None

    async def receive_chunk(self) -> bytes:
        """Receive the next piece of the body; raises ``ClientDisconnected``."""
        if self._disconnected:
            raise ClientDisconnected
        message = await self._receive()
        if message["type"] != "http.request":
            self._disconnected = True
            raise ClientDisconnected
        chunk: bytes = message.get("body", b"")
        self.ended = not message.get("more_body", False)
        self._received += len(chunk)
        return chunk


@types.coroutine
def _resumed(
    coroutine: Coroutine[object, object, T], awaited: object
) -> Generator[object, object, T]:
    """Await a coroutine that has begun already, and waits for something."""
    try:
        while True:
            try:
                sent = yield awaited
            except BaseException as error:  # noqa: BLE001  # The coroutine decides about it.
                awaited = coroutine.throw(error)
            else:
                awaited = coroutine.send(sent)
    except StopIteration as stop:
        return cast("T", stop.value)


def _deadline() -> float:
    """Return the seconds that the body of the current request may take."""
    # The body keeps no way to them: it would lead over its environ back to itself, and only the
    # garbage collector could free the two.
    exchange = current_exchange.get()
    seconds = exchange.declaration.body_deadline if exchange is not None else None
    return math.inf if seconds is None else seconds
