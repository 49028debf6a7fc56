"""A context manager that is entered and left by a task of its own, each before a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

Lifespan: TypeAlias = Callable[[], AbstractAsyncContextManager[None]]


class Overdue(Exception):
    """What should have happened has not, in its time."""


class Lifetime:
    """Holds a context manager open in one task, which is left behind if it does not end.

    To cancel what hangs is not enough: it may hang again while it cleans up.
    """

    def __init__(self, lifespan: Lifespan) -> None:
        self._begun = asyncio.get_running_loop().create_future()
        self._ending = asyncio.Event()
        self._task = asyncio.create_task(self._live(lifespan))
        self._task.add_done_callback(_retrieve_exception)

    @property
    def begun(self) -> bool:
        """Whether the context manager has been entered."""
        return self._begun.done()

    async def begin(self, seconds: float) -> None:
        """Enter; raises what that raises, or ``Overdue`` after so many seconds."""
        await self._wait_for(self._begun, seconds)

    async def last_until(self, event: Awaitable[object]) -> None:
        """Wait for an event; raises what ends the context manager before, or the event's error."""
        waiting = asyncio.ensure_future(event)
        try:
            await self._wait_for(waiting, None)
        finally:
            waiting.cancel()
        if waiting.done():
            waiting.result()

    async def end(self, seconds: float) -> None:
        """Leave; raises what that raises, or ``Overdue`` after so many seconds."""
        self._ending.set()
        await self._wait_for(self._task, seconds)

    async def give_up(self, seconds: float) -> None:
        """Cancel what has not ended, and wait for so many seconds at most until it has."""
        self._task.cancel()
        await asyncio.wait([self._task], timeout=seconds)

    async def _live(self, lifespan: Lifespan) -> None:
        async with lifespan():
            self._begun.set_result(None)
            await self._ending.wait()

    async def _wait_for(
        self,
        event: "asyncio.Future[None] | asyncio.Future[object]",
        seconds: float | None,
    ) -> None:
        events = {event, self._task}
        done, _ = await asyncio.wait(events, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            raise Overdue
        if self._task in done:
            self._task.result()


def _retrieve_exception(task: "asyncio.Task[None]") -> None:
    """Keep the loop from logging the error of a task that was left behind."""
    if not task.cancelled():
        task.exception()
