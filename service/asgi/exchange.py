"""One request on its way to its answer, and what may end it before: absence and lateness."""

import asyncio
import enum
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar

from asgiref.typing import ASGISendCallable, ASGISendEvent
from werkzeug.exceptions import ClientDisconnected

from service.asgi.client import Client
from service.asgi.declarations import Declaration
from service.asgi.patrol import PERIOD, Patrol

TURN = 0.001
"""Seconds for which a stream may send chunk after chunk before others have their turn."""

TURN_SIZE = 524_288
"""Bytes that it may send in them: a server that never waits would keep a flood of them in memory,
and be late to notice that the client has gone."""


class Interruption(enum.Enum):
    """Why a request was cancelled by the bridge."""

    GONE = enum.auto()
    LATE = enum.auto()


class Exchange:
    """Watches over a request that waits, and cancels its task when there is a reason to.

    Nothing is set up for a request that never waits, and next to nothing for one that waits for
    less than the patrol's period: most have their answer by then.
    """

    __slots__ = (
        "_held", "_looked_after", "_patrol", "_pending", "_send", "_task", "_timer", "_turn_ends",
        "_turn_size", "client", "declaration", "ended", "interruption", "queued", "started",
    )  # fmt: skip

    def __init__(
        self,
        client: Client,
        send: ASGISendCallable,
        declaration: Declaration,
        patrol: Patrol,
    ) -> None:
        self.client = client
        self._patrol = patrol
        self.queued = False
        self.started = False
        self.ended = False
        self.interruption: Interruption | None = None
        self._send = send
        self.declaration = declaration
        self._task: asyncio.Task[object] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._turn_ends = 0.0
        self._turn_size = 0
        self._held = 0
        self._looked_after = False
        self._pending: Interruption | None = None

    async def send(self, *messages: ASGISendEvent) -> None:
        """Send on; raises ``ClientDisconnected`` in a thread that was given up."""
        if self.interruption is not None and self._task is None:
            raise ClientDisconnected
        self.started = True
        for message in messages:
            # Before it is sent: the server may report the client gone while it sends the last one.
            if message["type"] == "http.response.body":
                self.ended = not message["more_body"]
                self._turn_size += len(message["body"])
            await self._send(message)
        if self.ended:
            return
        if self._turn_size >= TURN_SIZE or time.monotonic() >= self._turn_ends:
            await self._let_others_run()

    async def _let_others_run(self) -> None:
        # A server may take chunks without end and never wait, above all for a client that has gone:
        # others have their turn here, and so has the news of it. Not at each chunk: the loop goes
        # round for it, and asks the system each time what has happened.
        self._look_after_stream()
        await asyncio.sleep(0)
        self._turn_ends = time.monotonic() + TURN
        self._turn_size = 0

    def begin_to_wait(self) -> None:
        """Take note, in the request's own task, that it waits; the first time is what counts."""
        if self._task is not None:
            return
        self._task = asyncio.current_task()
        self._patrol.join(self._look_after)

    def leave(self) -> None:
        """Interrupt no more; what a thread still sends is refused."""
        # Or, after a cancellation from outside, sent: then nobody is there to look after it.
        self._looked_after = True
        if self._task is not None:
            self._task = None
            self._patrol.leave(self._look_after)
            self.client.unwatch()
            if self._timer is not None:
                self._timer.cancel()

    def takes_back(self) -> bool:
        """Take back this exchange's own cancellation of its task; tell whether it was the only one.

        As ``asyncio.timeout`` does it.
        """
        if self.interruption is None or self._task is None:
            return False
        return self._task.uncancel() == 0

    def _look_after_stream(self) -> None:
        # A stream is for long, and for a client that has gone each chunk is one too many: from the
        # first one on. Whoever watches the client has its turn before the second.
        if not self._looked_after:
            self._task = self._task or asyncio.current_task()
            self._patrol.leave(self._look_after)
            self._look_after()

    def _look_after(self) -> None:
        self._looked_after = True
        if self._ends_with_client():
            self.client.watch(self._client_has_gone)
        deadline = self.declaration.deadline
        if deadline is not None and deadline < math.inf and not self.started:
            left = max(0.0, deadline - PERIOD)
            # asyncio keeps a cancelled timer for a while, and a timer keeps its context.
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(left, self._be_late, context=Context())

    def _ends_with_client(self) -> bool:
        # What has not begun need not be brought to its end.
        return self.queued or not self.declaration.to_its_end

    def _client_has_gone(self) -> None:
        if not self.ended and self._ends_with_client():
            self._interrupt(Interruption.GONE)

    def _be_late(self) -> None:
        # A stream that has begun may last: no other answer can be given any more.
        if not self.started:
            self._interrupt(Interruption.LATE)

    def _interrupt(self, reason: Interruption) -> None:
        if self._held:
            self._pending = self._pending or reason
        elif self._task is not None and self.interruption is None:
            self.interruption = reason
            self._task.cancel()

    @contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """Put interruptions off until this is left."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            if self._pending is not None and not self._held:
                self._interrupt(self._pending)


current_exchange: ContextVar[Exchange | None] = ContextVar("current_exchange", default=None)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let what stands inside run to its end, though the client goes away or the deadline passes.

    The request is cancelled where it waits next. Outside a request this does nothing; a server
    that is told to stop, or code of your own that cancels, is not put off.
    """
    exchange = current_exchange.get()
    if exchange is None:
        yield
    else:
        with exchange.uninterrupted():
            yield
