"""The client's side of a request: what it sends, and the news that it has gone."""

import asyncio
from collections.abc import Callable

from asgiref.typing import ASGIReceiveCallable, ASGIReceiveEvent

MAX_AHEAD = 65536
"""Bytes of a body that may be received before they are asked for. A client that sends more is then
not watched until they are read, and is held back by its server."""

MESSAGE_SIZE = 256
"""Bytes that a message takes beside its body."""


class Client:
    """Receives from the client for the body, and ahead of the body while the client is watched."""

    __slots__ = (
        "_ahead",
        "_ahead_size",
        "_arrival",
        "_on_gone",
        "_receive",
        "_receiving",
        "_watcher",
    )

    def __init__(self, receive: ASGIReceiveCallable) -> None:
        self._receive = receive
        self._receiving = False
        self._ahead: list[ASGIReceiveEvent] = []
        self._ahead_size = 0
        self._arrival: asyncio.Future[None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._on_gone: Callable[[], None] | None = None

    async def receive(self) -> ASGIReceiveEvent:
        """Return the next message: one "http.request" after another, then "http.disconnect"."""
        while self._watcher is not None and not self._ahead:
            await self._next_arrival()
        return self._take() if self._ahead else await self._receive_directly()

    def watch(self, on_gone: Callable[[], None]) -> None:
        """From now until ``unwatch``, call back as soon as the client has gone."""
        self._on_gone = on_gone
        self._go_on_watching()

    def unwatch(self) -> None:
        """Look after the client no longer."""
        self._on_gone = None
        if self._watcher is not None:
            self._watcher.cancel()

    def _take(self) -> ASGIReceiveEvent:
        message = self._ahead.pop(0)
        self._ahead_size -= _size(message)
        self._go_on_watching()
        return message

    async def _receive_directly(self) -> ASGIReceiveEvent:
        self._receiving = True
        try:
            return await self._receive()
        finally:
            self._receiving = False
            self._go_on_watching()

    async def _next_arrival(self) -> None:
        self._arrival = asyncio.get_running_loop().create_future()
        try:
            await self._arrival
        finally:
            self._arrival = None

    def _go_on_watching(self) -> None:
        busy = self._watcher is not None or self._receiving or self._ahead_size >= MAX_AHEAD
        if self._on_gone is not None and not busy:
            self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        try:
            while self._on_gone is not None and self._ahead_size < MAX_AHEAD:
                self._keep(await self._receive())
        finally:
            self._watcher = None
            self._announce()

    def _keep(self, message: ASGIReceiveEvent) -> None:
        self._ahead.append(message)
        self._ahead_size += _size(message)
        self._announce()
        if message["type"] != "http.request" and self._on_gone is not None:
            on_gone, self._on_gone = self._on_gone, None
            on_gone()

    def _announce(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)


def _size(message: ASGIReceiveEvent) -> int:
    """Return about what a message takes in memory, that many small ones have their limit too."""
    body = message.get("body", b"") if message["type"] == "http.request" else b""
    return MESSAGE_SIZE + len(body)
