"""An event loop beside the main thread, which stays free for what somebody types."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractAsyncContextManager, contextmanager, suppress

Opened = Callable[[], AbstractAsyncContextManager[None]]
Loop = asyncio.AbstractEventLoop


@contextmanager
def background_loop(opened: Opened) -> Iterator[Loop]:
    """Run a loop on a thread, inside the context manager that `opened` makes there.

    What that raises on its way in or out is raised here.
    """
    started: Future[Loop] = Future()
    entered: Future[None] = Future()
    closing = asyncio.Event()

    async def hold() -> None:
        started.set_result(asyncio.get_running_loop())
        async with opened():
            entered.set_result(None)
            await closing.wait()

    with ThreadPoolExecutor(max_workers=1) as thread:
        ended = thread.submit(asyncio.run, hold())
        loop = started.result()
        try:
            wait([entered, ended], return_when=FIRST_COMPLETED)
            if entered.done():
                yield loop
        finally:
            _end(loop, closing, ended)


def _end(loop: Loop, closing: asyncio.Event, ended: Future[None]) -> None:
    with suppress(RuntimeError):  # The loop is closed already where it could not be entered.
        loop.call_soon_threadsafe(closing.set)
    ended.result()
