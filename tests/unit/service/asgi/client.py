"""One HTTP exchange with an ASGI application, message by message."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from asgiref.typing import ASGIReceiveEvent, ASGISendEvent, HTTPScope

from service.asgi import FlaskToAsgi

END_OF_BODY: ASGIReceiveEvent = {"type": "http.request", "body": b"", "more_body": False}
GONE: ASGIReceiveEvent = {"type": "http.disconnect"}


def http_scope(method: str = "GET", path: str = "/", **changes: Any) -> HTTPScope:  # noqa: ANN401
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"example.org")],
        "client": ("192.0.2.7", 50123),
        "server": ("192.0.2.1", 8000),
        "extensions": {},
    }
    return scope | changes


@dataclass
class Exchange:
    """What a client sends, and what it gets."""

    app: FlaskToAsgi
    scope: HTTPScope
    chunks: list[bytes] = field(default_factory=list)
    disconnects: bool = False
    sent: list[ASGISendEvent] = field(default_factory=list)
    unasked: int | None = None
    """How many chunks the application had not asked for when its answer began."""
    ended: bool = False

    async def receive(self) -> ASGIReceiveEvent:
        if self.chunks:
            body = self.chunks.pop(0)
            self.ended = not self.chunks and not self.disconnects
            return {"type": "http.request", "body": body, "more_body": not self.ended}
        if self.disconnects:
            return {"type": "http.disconnect"}
        if self.ended:
            # The client is there, and has no more to say.
            await asyncio.Event().wait()
        self.ended = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: ASGISendEvent) -> None:
        if self.unasked is None:
            self.unasked = len(self.chunks)
        self.sent.append(message)

    async def run(self) -> "Exchange":
        # A task and a context of its own, as every server gives to a request.
        await asyncio.create_task(self.app(self.scope, self.receive, self.send))
        return self

    @property
    def status(self) -> int:
        assert self.sent[0]["type"] == "http.response.start"
        return self.sent[0]["status"]

    @property
    def headers(self) -> dict[bytes, bytes]:
        assert self.sent[0]["type"] == "http.response.start"
        return dict(self.sent[0]["headers"])

    @property
    def pieces(self) -> list[bytes]:
        return [message["body"] for message in self.sent if message["type"] == "http.response.body"]

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)


async def exchange(
    app: FlaskToAsgi,
    method: str = "GET",
    path: str = "/",
    chunks: Iterable[bytes] = (),
    *,
    disconnects: bool = False,
    **scope: Any,  # noqa: ANN401
) -> Exchange:
    """Send a request, its body in `chunks`, and return the whole exchange."""
    return await Exchange(
        app, http_scope(method, path, **scope), list(chunks), disconnects=disconnects
    ).run()


class Caller:
    """A client whose messages a test sends one by one."""

    def __init__(self, app: FlaskToAsgi, method: str = "GET", path: str = "/") -> None:
        self.messages: asyncio.Queue[ASGIReceiveEvent] = asyncio.Queue()
        self.exchange = Exchange(app, http_scope(method, path))
        self.exchange.receive = self.messages.get
        self.task = asyncio.create_task(self.exchange.run())

    async def says(self, *messages: ASGIReceiveEvent) -> None:
        for message in messages:
            await self.messages.put(message)

    async def is_heard(self, left: int = 0) -> None:
        """Wait until all but so many messages have been received."""
        async with asyncio.timeout(10):
            while self.messages.qsize() > left:  # noqa: ASYNC110  # A queue has no such event.
                await asyncio.sleep(0)

    async def ends(self) -> Exchange:
        async with asyncio.timeout(10):
            return await self.task
