"""The ASGI lifespan protocol: what the application needs is opened once and closed at the end."""

import asyncio
import logging
from dataclasses import dataclass

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from click import ClickException

from service.asgi.lifetime import Lifespan, Lifetime, Overdue

GRACE = 1
"""Seconds that what hung has to clean up, once it has been cancelled."""

logger = logging.getLogger(__name__)


class StartupFailed(ClickException):
    """The application cannot start, for a reason that its operator can mend.

    Its text is all that the operator gets to see, of a server as of a command: one line, with what
    to do.
    """


@dataclass(frozen=True, slots=True)
class LifespanDeadlines:
    """How many seconds start-up and shutdown may take."""

    startup: float
    shutdown: float


async def serve_lifespan(
    lifespan: Lifespan,
    deadlines: LifespanDeadlines,
    receive: ASGIReceiveCallable,
    send: ASGISendCallable,
) -> None:
    """Enter the context manager at start-up and leave it at shutdown, in one task."""
    await receive()
    lifetime = Lifetime(lifespan)
    try:
        await _live(lifetime, deadlines, receive, send)
    except asyncio.CancelledError:
        await lifetime.give_up(deadlines.shutdown)
        raise
    except Exception as error:  # noqa: BLE001  # It is logged, and the server is told.
        await lifetime.give_up(GRACE)
        started = lifetime.begun
        await _fail(send, _explain(error, deadlines, started=started), started=started)
    else:
        await send({"type": "lifespan.shutdown.complete"})


async def _live(
    lifetime: Lifetime,
    deadlines: LifespanDeadlines,
    receive: ASGIReceiveCallable,
    send: ASGISendCallable,
) -> None:
    await lifetime.begin(deadlines.startup)
    await send({"type": "lifespan.startup.complete"})
    await lifetime.last_until(receive())
    await lifetime.end(deadlines.shutdown)


def _explain(error: Exception, deadlines: LifespanDeadlines, *, started: bool) -> str:
    """Return the line that the operator sees; what it leaves out is logged."""
    if isinstance(error, StartupFailed):
        return str(error)
    if isinstance(error, Overdue):
        return _explain_delay(deadlines, started=started)
    step = "Shutdown" if started else "Start-up"
    logger.error("%s failed", step, exc_info=error)
    return f"{step} failed: the reason is in the log."


def _explain_delay(deadlines: LifespanDeadlines, *, started: bool) -> str:
    if not started:
        return f"Start-up hung, and was given up after {deadlines.startup:g} seconds."
    line = f"Shutdown hung, and was given up after {deadlines.shutdown:g} seconds."
    # Servers show why a start has failed; not all show it of a shutdown.
    logger.error(line)
    return line


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
