"""An event loop on a thread of its own, beside the thread that uses it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from typing import Any, TypeAlias

from service.asgi.home import Loop

Opened: TypeAlias = Callable[[], AbstractAsyncContextManager[None]]

GRACE = 1
"""Seconds for which tasks that ignore their cancellation are waited for."""


@contextmanager
def loop_beside(opened: Opened) -> Iterator[Loop]:
    """Run a loop on a thread, inside the context manager that `opened` makes there.

    What that raises on its way in or out is raised here. What interrupts the way in cancels it.
    """
    beside = _Beside(opened)
    # A daemon: what hangs in spite of its cancellation does not keep the process from ending.
    thread = threading.Thread(target=beside.run, name="loop-beside", daemon=True)
    try:
        thread.start()
        beside.wait_for_entry()
        if beside.entered.done():
            yield beside.entered.result()
    finally:
        # Ctrl-C may come in between.
        if thread.ident is not None:
            beside.leave()
            thread.join(GRACE)


class _Beside:
    """What the two threads share."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._begun: Future[tuple[Loop, Callable[[], object]]] = Future()
        self._closing = asyncio.Event()
        self.entered: Future[Loop] = Future()
        self.left: Future[None] = Future()

    def run(self) -> None:
        """Run the loop, in its own thread."""
        try:
            asyncio.run(self._hold())
        except BaseException as error:  # noqa: BLE001  # SystemExit above all, which ends a loop.
            if not self.left.done():
                self.left.set_exception(error)

    def wait_for_entry(self) -> None:
        """Wait, in the other thread, until the context manager has been entered, or will not be."""
        either: list[Future[Any]] = [self.entered, self.left]
        wait(either, return_when=FIRST_COMPLETED)

    async def _hold(self) -> None:
        holding = asyncio.ensure_future(self._enter_and_leave())
        self._begun.set_result((asyncio.get_running_loop(), holding.cancel))
        await asyncio.wait([holding])
        if holding.cancelled():
            self.left.set_result(None)
        elif (error := holding.exception()) is not None:
            self.left.set_exception(error)
        else:
            self.left.set_result(None)

    async def _enter_and_leave(self) -> None:
        async with self._opened():
            self.entered.set_result(asyncio.get_running_loop())
            await self._closing.wait()

    def leave(self) -> None:
        """Leave the context manager, from the other thread; raises what it raises."""
        loop, cancel = self._begun.result()
        # The loop is closed already where the context manager could not be entered.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._closing.set if self.entered.done() else cancel)
        self.left.result()
