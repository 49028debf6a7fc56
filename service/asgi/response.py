"""Call a WSGI application (PEP 3333) and send its answer as ASGI messages."""

import logging
import sys
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import TypeAlias
from wsgiref.types import WSGIApplication, WSGIEnvironment

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


def respond(application: WSGIApplication, environ: WSGIEnvironment, send: Send) -> None:
    """Serve one request from inside a greenlet or a pool's thread.

    An error before the response has started is logged and answered by a plain 500. A later one is
    raised: the server then cuts the connection, and the client cannot take a part for the whole.
    """
    response = Response(send, environ["REQUEST_METHOD"])
    try:
        _run(application, environ, response)
    except Exception:
        if response.started:
            raise
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        logger.exception("%s %r failed before its response had started", method, path)
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "21")]
        response.start("500 Internal Server Error", headers, sys.exc_info())
        response.write(b"Internal Server Error")
        response.finish()


def _run(application: WSGIApplication, environ: WSGIEnvironment, response: "Response") -> None:
    chunks = application(environ, response.start)
    try:
        _send(chunks, response)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _send(chunks: Iterable[bytes], response: "Response") -> None:
    for chunk in chunks:
        # Asked one chunk late, so that a generator runs on from its last chunk to its end.
        if response.complete:
            break
        response.write(chunk)
    response.finish()


class Response:
    """One response on its way: start_response, write and the messages that they make."""

    def __init__(self, send: Send, method: str) -> None:
        self.started = False
        self._send = send
        self._bodiless = method == "HEAD"
        self._head: HTTPResponseStartEvent | None = None
        self._remaining = 0
        self._ended = False

    @property
    def complete(self) -> bool:
        """Whether the client has, or will get, all that the headers promise."""
        return self._head is not None and self._remaining == 0

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None, /
    ) -> Callable[[bytes], None]:
        """Be the application's start_response; nothing is sent before there is a body to send."""
        if exc_info is None and self._head is not None:
            raise RuntimeError("start_response was called again without exc_info.")
        if exc_info is not None and exc_info[1] is not None and self.started:
            raise exc_info[1].with_traceback(exc_info[2])
        self._head = {
            "type": "http.response.start",
            "status": int(status[:3]),
            "headers": [
                (name, v.encode("latin-1"))
                for k, v in headers
                if (name := k.lower().encode("latin-1")) not in SERVER_HEADERS
            ],
            "trailers": False,
        }
        self._remaining = self._promised_length(self._head)
        return self.write

    def _promised_length(self, head: HTTPResponseStartEvent) -> int:
        status = head["status"]
        if self._bodiless or status in {204, 304}:
            return 0
        lengths = [int(value) for name, value in head["headers"] if name == b"content-length"]
        return lengths[0] if lengths else sys.maxsize

    def write(self, chunk: bytes) -> None:
        """Send a chunk, less what goes beyond Content-Length; return when the server has it."""
        if self._head is None:
            raise RuntimeError("The application gave a body without calling start_response.")
        chunk = chunk[: self._remaining]
        if chunk:
            self._remaining -= len(chunk)
            self._send_body(chunk, more_body=self._remaining > 0)

    def finish(self) -> None:
        """Send what ends the response, if its last chunk has not."""
        if self._head is None:
            raise RuntimeError("The application returned without calling start_response.")
        if not self._ended:
            self._send_body(b"", more_body=False)

    def _send_body(self, chunk: bytes, *, more_body: bool) -> None:
        self._ended = not more_body
        body: HTTPResponseBodyEvent
        body = {"type": "http.response.body", "body": chunk, "more_body": more_body}
        if self.started or self._head is None:
            await_here(self._send(body))
        else:
            self.started = True
            # Together, at the price of one change of thread where there is one.
            await_here(self._send(self._head, body))
