"""Coroutines that outlive the request that started them, and end with the process at the latest."""

import asyncio
import inspect
import logging
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import Context
from functools import partial
from typing import Any, ParamSpec, TypeAlias

from flask import Flask, current_app
from werkzeug.exceptions import ServiceUnavailable

from service.asgi.greenlets import await_in_greenlet, run_in_greenlet

P = ParamSpec("P")
Call: TypeAlias = Callable[[], Coroutine[Any, Any, object]]

RETRY_AFTER = 1
"""Seconds after which a client whose task was not started may come again."""

GRACE = 1
"""Seconds that a cancelled task has to clean up."""

_EXTENSION = "asgi.background_tasks"

logger = logging.getLogger(__name__)


def start_background_task(
    function: Callable[P, Coroutine[Any, Any, object]], *args: P.args, **kwargs: P.kwargs
) -> None:
    """Have the event loop of the current app await what outlives this request.

    It may be called in an async or a sync view, a command or another such task. The coroutine has
    the app's context, and otherwise a context of its own: what it needs of the request, or of other
    context variables, are its arguments. What it raises is logged. The app's shutdown waits for it,
    then cancels it: it dies with the process, and work that must not be lost belongs elsewhere.
    Raises ``ServiceUnavailable`` where too many run, ``RuntimeError`` where the app is not started
    or is shutting down, and ``TypeError`` for what is no coroutine function.
    """
    tasks: BackgroundTasks | None = current_app.extensions.get(_EXTENSION)
    if tasks is None:
        raise RuntimeError(f"{current_app.name!r} runs no tasks: make a FlaskToAsgi of it first.")
    if not inspect.iscoroutinefunction(function):
        raise TypeError(f"A background task is a coroutine function; {function!r} is none.")
    tasks.start(partial(function, *args, **kwargs))


class BackgroundTasks:
    """The background tasks of one Flask application, at most `limit` at once."""

    def __init__(self, flask_app: Flask, limit: int) -> None:
        self._flask_app = flask_app
        self._limit = limit
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._count = 0
        self._lock = threading.Lock()
        flask_app.extensions[_EXTENSION] = self

    @asynccontextmanager
    async def accepted(self, patience: float) -> AsyncIterator[None]:
        """Accept tasks for the running loop; in the end wait so many seconds, then cancel them."""
        self._loop = asyncio.get_running_loop()
        try:
            yield
        finally:
            with self._lock:
                self._loop = None
            await self._end(patience)

    def start(self, call: Call) -> None:
        """Start a task, from any thread."""
        with self._lock:
            if self._loop is None:
                raise RuntimeError("No background task is started: the application is not running.")
            if self._count >= self._limit:
                raise ServiceUnavailable(
                    f"{self._limit} background tasks run already.", retry_after=RETRY_AFTER
                )
            # In an empty context: the request's would let it see, and keep, what has ended.
            self._loop.call_soon_threadsafe(self._begin, call, context=Context())
            self._count += 1

    def _begin(self, call: Call) -> None:
        task = asyncio.create_task(self._run(call), name=_name(call))
        # The loop itself refers to its tasks weakly.
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        with self._lock:
            self._count -= 1

    async def _run(self, call: Call) -> None:
        try:
            # The end of an app's context is sync code, which may have to await.
            await run_in_greenlet(self._call, call)
        except Exception:
            logger.exception("The background task %s failed", _name(call))

    def _call(self, call: Call) -> None:
        with self._flask_app.app_context():
            await_in_greenlet(call())

    async def _end(self, patience: float) -> None:
        # What was started last begins now.
        await asyncio.sleep(0)
        late = await _outlasting(self._tasks, patience)
        for task in late:
            text = "The background task %s was cancelled: it did not end within %g s of shutdown"
            logger.warning(text, task.get_name(), patience)
            task.cancel()
        await _outlasting(late, GRACE)


async def _outlasting(
    tasks: "set[asyncio.Task[None]]", seconds: float
) -> "set[asyncio.Task[None]]":
    """Return the tasks that have not ended after so many seconds."""
    if not tasks:
        return set()
    _, late = await asyncio.wait(tasks, timeout=seconds)
    return late


def _name(call: Call) -> str:
    function = call.func if isinstance(call, partial) else call
    return getattr(function, "__qualname__", repr(function))
