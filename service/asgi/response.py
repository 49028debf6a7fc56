"""The ASGI messages of a WSGI application's answer (PEP 3333)."""

import logging
import sys
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from types import TracebackType
from typing import TypeAlias
from wsgiref.types import WSGIEnvironment

from asgiref.typing import HTTPResponseBodyEvent, HTTPResponseStartEvent

from service.asgi.awaiting import await_here

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)

Send: TypeAlias = Callable[..., Awaitable[None]]
"""Sends one ASGI message or more."""

SERVER_HEADERS = frozenset(
    b"connection date keep-alive proxy-authenticate proxy-authorization te trailer trailers"
    b" transfer-encoding upgrade".split()
)
"""Headers that are the server's own affair: an application's are left out. Those of one hop
(RFC 9110, 7.6.1) gunicorn leaves out too, and over HTTP/2 they would be errors. Servers add a
``Date`` and look for no other: ``send_file`` has one, and it may stand only once (5.3)."""

logger = logging.getLogger(__name__)


class Response:
    """One response on its way: start_response, write and the messages that they make."""

    __slots__ = ("_bodiless", "_ended", "_head", "_remaining", "_send", "started")

    def __init__(self, send: Send, method: str) -> None:
        self.started = False
        self._send = send
        self._bodiless = method == "HEAD"
        self._head: HTTPResponseStartEvent | None = None
        self._remaining = 0
        self._ended = False

    def start(
        self, status: str, headers: Iterable[tuple[str, str]], exc_info: ExcInfo | None = None, /
    ) -> Callable[[bytes], None]:
        """Be the application's start_response; nothing is sent before there is a body to send."""
        if exc_info is None and self._head is not None:
            raise RuntimeError("start_response was called again without exc_info.")
        if exc_info is not None and exc_info[1] is not None and self.started:
            raise exc_info[1].with_traceback(exc_info[2])
        length = sys.maxsize
        encoded = []
        for name, text in headers:
            key, value = lower(name), text.encode("latin-1")
            if key == b"content-length":
                length = int(value)
            if key not in SERVER_HEADERS:
                encoded.append((key, value))
        code = int(status[:3])
        self._remaining = 0 if self._bodiless or code in {204, 304} else length
        self._head = {
            "type": "http.response.start",
            "status": code,
            "headers": encoded,
            "trailers": False,
        }
        return self.write

    def apology(self, environ: WSGIEnvironment, error: Exception) -> list[bytes]:
        """Log an error, start the answer to it, and return that answer's body."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        text = "%s %r failed before its response had started"
        logger.error(text, method, path, exc_info=error)
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "21")]
        exc_info = type(error), error, error.__traceback__
        self.start("500 Internal Server Error", headers, exc_info)
        return [b"Internal Server Error"]

    async def send_all(self, chunks: Iterable[bytes]) -> None:
        """Send what the application has returned, and end the response."""
        for chunk in chunks:
            if self._is_complete():
                break
            if sending := self._send_chunk(chunk):
                await sending
        if not self._ended:
            await self._end()

    def write_all(self, chunks: Iterable[bytes]) -> None:
        """Do the same from a thread, and ask for the chunks there."""
        for chunk in chunks:
            if self._is_complete():
                break
            self.write(chunk)
        if not self._ended:
            await_here(self._end())

    def write(self, chunk: bytes) -> None:
        """Send a chunk from sync code; return when the server has it."""
        if sending := self._send_chunk(chunk):
            await_here(sending)

    def _is_complete(self) -> bool:
        """Tell whether the client has, or will get, all that the headers promise.

        To be asked one chunk late, so that a generator runs on from its last chunk to its end.
        """
        return self._remaining == 0 and self._head is not None

    def _send_chunk(self, chunk: bytes) -> Awaitable[None] | None:
        """Send a chunk, less what goes beyond Content-Length, if anything is left of it."""
        if self._head is None:
            raise RuntimeError("The application gave a body without calling start_response.")
        chunk = chunk[: self._remaining]
        if not chunk:
            return None
        self._remaining -= len(chunk)
        return self._send_body(chunk, more_body=self._remaining > 0)

    def _end(self) -> Awaitable[None]:
        if self._head is None:
            raise RuntimeError("The application returned without calling start_response.")
        return self._send_body(b"", more_body=False)

    def _send_body(self, chunk: bytes, *, more_body: bool) -> Awaitable[None]:
        self._ended = not more_body
        body: HTTPResponseBodyEvent
        body = {"type": "http.response.body", "body": chunk, "more_body": more_body}
        if self.started or self._head is None:
            return self._send(body)
        self.started = True
        # Together, at the price of one change of thread where there is one.
        return self._send(self._head, body)


@lru_cache(maxsize=256)
def lower(name: str) -> bytes:
    """Return a header's name as ASGI has it: there are few, and each is in every answer."""
    return name.lower().encode("latin-1")
