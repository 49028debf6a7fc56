"""The server's side of the lifespan protocol, for where there is no server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgiref.typing import ASGI3Application, ASGIReceiveEvent, ASGISendEvent, LifespanScope

from service.asgi.lifespan import StartupFailed

GRACE = 1
"""Seconds that the application has to end when all has been said."""

SCOPE: LifespanScope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}}


@asynccontextmanager
async def lifespan_of(application: ASGI3Application) -> AsyncIterator[None]:
    """Start an application up on the running loop, and shut it down in the end.

    Raises ``StartupFailed`` and, where shutdown fails, ``RuntimeError``, with the application's own
    message. How long either may take is the application's to decide.
    """
    server = _Server(application)
    try:
        answer = await server.say({"type": "lifespan.startup"})
        if answer["type"] == "lifespan.startup.failed":
            raise StartupFailed(answer["message"])
        try:
            yield
        finally:
            answer = await server.say({"type": "lifespan.shutdown"})
            if answer["type"] == "lifespan.shutdown.failed":
                raise RuntimeError(answer["message"])
        await server.wait(GRACE)
    finally:
        await server.stop()


class _Server:
    """Says one thing after another to an application, and has its answers."""

    def __init__(self, application: ASGI3Application) -> None:
        self._said: asyncio.Queue[ASGIReceiveEvent] = asyncio.Queue()
        self._answers: asyncio.Queue[ASGISendEvent | None] = asyncio.Queue()
        running = application(SCOPE, self._said.get, self._answers.put)
        self._running = asyncio.ensure_future(running)
        self._running.add_done_callback(lambda _: self._answers.put_nowait(None))

    async def say(self, message: ASGIReceiveEvent) -> ASGISendEvent:
        """Return the answer; raises what the application raises in its place."""
        self._said.put_nowait(message)
        answer = await self._answers.get()
        if answer is None:
            self._running.result()
            raise RuntimeError(f"The application has ended without an answer to {message['type']}.")
        return answer

    async def wait(self, seconds: float) -> None:
        """Wait until the application has ended, for so many seconds at most."""
        await asyncio.wait([self._running], timeout=seconds)

    async def stop(self) -> None:
        """Cancel the application, if it has not ended."""
        self._running.cancel()
        await asyncio.wait([self._running])
