"""Run sync code in a greenlet, on the event loop's own thread, so that it can await.

The way of SQLAlchemy's ``greenlet_spawn`` and ``await_only``, with two differences: greenlets are
kept and used again, and a coroutine is driven inside its greenlet, so that sync code that it calls
may itself await. Only what a coroutine yields (a future, as a rule) reaches the event loop.
"""

import threading
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from typing import Any, ParamSpec, TypeVar

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

P = ParamSpec("P")
T = TypeVar("T")

MAX_IDLE = 256
"""How many idle greenlets each thread keeps. Making one costs ten times as much as using one again:
CPython gives each a data stack of its own, by mmap."""


class Worker(greenlet):  # type: ignore[misc]  # The package ships no types.
    """A greenlet that makes one call after another, and between two of them waits for the next."""

    __slots__ = ("_error", "_result", "call", "closing")

    def __init__(self) -> None:
        self.call: Callable[[], object] | None = None
        self.closing = False
        self._result: object = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Make calls until ``GreenletExit`` is thrown in.

        Each is made from here, without arguments: all that Python calls through C takes some
        hundred bytes more of the C stack, which is kept for as long as the call waits.
        """
        while True:
            try:
                self._result = self.call() if self.call else None
            except BaseException as error:  # noqa: BLE001  # It is raised where it is awaited.
                self._error = error
            self.call = None
            self.parent.switch()

    def advance(self, coroutine: Coroutine[Any, Any, object], yielded: object) -> object:
        """Wait for what the coroutine yielded, let it go on, and return what it yields next."""
        try:
            sent = self._wait(yielded)
        except BaseException as caught:  # noqa: BLE001  # The coroutine decides about it.
            error = caught
        else:
            return coroutine.send(sent)
        # Thrown in from outside the handler, else it would be the context of all later errors.
        try:
            return coroutine.throw(error)
        finally:
            del error

    def _wait(self, yielded: object) -> object:
        """Have the event loop wait for what a coroutine yielded; return what it sends back."""
        if self.closing:
            raise RuntimeError("Nothing can be awaited any more: the task has been closed.")
        return self.parent.switch(yielded)

    def take_outcome(self) -> object:
        """Return what the call returned, or raise what it raised."""
        result, self._result = self._result, None
        error, self._error = self._error, None
        if error is None:
            return result
        try:
            raise error
        finally:
            # A frame that is in an error's traceback and also refers to it keeps both alive.
            del error


class _Idle(threading.local):
    def __init__(self) -> None:
        self.workers: list[Worker] = []


_idle = _Idle()


@types.coroutine
def run_in_greenlet(
    function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> Generator[object, object, T]:
    """Call a sync function in a greenlet, in the context of the task that awaits this.

    What is thrown into the task, cancellation above all, is raised where the function awaits.
    If the task is closed instead, the function runs to its end but can await nothing more.
    """
    call = partial(function, *args, **kwargs) if args or kwargs else function
    worker = borrow(call)
    yielded = worker.switch()
    while worker.call is not None:
        try:
            sent = yield yielded
        except BaseException as error:  # noqa: BLE001  # The function decides what becomes of it.
            worker.closing = isinstance(error, GeneratorExit)
            yielded = worker.throw(error)
        else:
            yielded = worker.switch(sent)
    give_back(worker)
    return worker.take_outcome()  # type: ignore[return-value]


def await_in_greenlet(awaitable: Awaitable[T]) -> T:
    """Await from sync code that ``run_in_greenlet`` runs; raises ``RuntimeError`` elsewhere."""
    worker = _current_worker()
    if worker is None:
        raise RuntimeError("There is nothing to await from: this code runs in no greenlet of ours.")
    if isinstance(awaitable, types.CoroutineType):
        coroutine: Coroutine[Any, Any, T] = awaitable
    else:
        coroutine = _coroutine(awaitable)
    try:
        yielded = coroutine.send(None)
        while True:
            yielded = worker.advance(coroutine, yielded)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


def in_greenlet() -> bool:
    """Say whether the running code may call ``await_in_greenlet``."""
    return _current_worker() is not None


def _current_worker() -> Worker | None:
    """Return the greenlet that the running code may await in, if there is one."""
    current = getcurrent()
    return current if type(current) is Worker else None


async def _coroutine(awaitable: Awaitable[T]) -> T:
    return await awaitable


def borrow(call: Callable[[], object]) -> Worker:
    """Return a greenlet that will make a call once it is switched to, from the running one."""
    idle = _idle.workers
    worker = idle.pop() if idle else Worker()
    current = getcurrent()
    worker.parent = current
    worker.gr_context = current.gr_context
    worker.call = call
    return worker


def give_back(worker: Worker) -> None:
    """Keep a greenlet whose call has been made for another; its outcome can still be taken."""
    worker.gr_context = None
    worker.closing = False
    idle = _idle.workers
    if len(idle) < MAX_IDLE:
        idle.append(worker)
    else:
        worker.throw()
