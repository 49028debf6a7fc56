"""The ASGI lifespan protocol: what the application needs is opened once and closed at the end."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable

Lifespan: TypeAlias = Callable[[], AbstractAsyncContextManager[None]]

logger = logging.getLogger(__name__)


class StartupFailed(Exception):
    """The application cannot start, for a reason that its operator can mend.

    Its text is all that the operator gets to see: one line, with what to do.
    """


async def serve_lifespan(
    lifespan: Lifespan, receive: ASGIReceiveCallable, send: ASGISendCallable
) -> None:
    """Enter the context manager at start-up and leave it at shutdown, in this one task."""
    await receive()
    started = False
    try:
        async with lifespan():
            started = True
            await send({"type": "lifespan.startup.complete"})
            await receive()
    except StartupFailed as failure:
        await _fail(send, str(failure), started=started)
    except Exception:
        step = "Shutdown" if started else "Start-up"
        logger.exception("%s failed", step)
        await _fail(send, f"{step} failed: the reason is in the log.", started=started)
    else:
        await send({"type": "lifespan.shutdown.complete"})


async def _fail(send: ASGISendCallable, message: str, *, started: bool) -> None:
    """Report a failure; where the server answers that by raising, end it with the message alone."""
    try:
        if started:
            await send({"type": "lifespan.shutdown.failed", "message": message})
        else:
            await send({"type": "lifespan.startup.failed", "message": message})
    except Exception:  # noqa: BLE001  # Each server raises an error of its own.
        _retrieve_exception_of_current_task()
        raise SystemExit(message) from None


def _retrieve_exception_of_current_task() -> None:
    """Keep the loop from logging, with its traceback, an exit that no one awaits."""
    task = asyncio.current_task()
    if task is not None:
        task.add_done_callback(asyncio.Task.exception)
