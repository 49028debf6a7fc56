"""Await a coroutine whose sync code may itself await, and keep no stack while it waits."""

import types
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any, TypeVar

from service.asgi.greenlets import Worker, borrow, give_back

T = TypeVar("T")


@types.coroutine
def await_stepwise(
    coroutine: Coroutine[Any, Any, T], before_first_wait: Callable[[], None] | None = None
) -> Generator[object, object, T]:
    """Await a coroutine, each step of which may call sync code that awaits.

    A step is what runs from one wait to the next. It has a greenlet that is lent for it alone: a
    coroutine that waits keeps itself, where a greenlet would keep its stack, some 7 KiB. Only sync
    code that waits keeps its greenlet, until the step is done. `before_first_wait` is called once
    if the event loop has to wait for any of this.
    """
    worker, yielded = _begin(partial(coroutine.send, None))
    while True:
        if worker is not None and worker.call is None:
            give_back(worker)
            try:
                yielded = worker.take_outcome()
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]
            worker = None
        if before_first_wait is not None:
            before_first_wait()
            before_first_wait = None
        try:
            sent = yield yielded
        except BaseException as error:  # noqa: BLE001  # What waits decides about it.
            closing = isinstance(error, GeneratorExit)
            if worker is None:
                worker, yielded = _begin(partial(coroutine.throw, error), closing=closing)
            else:
                worker.closing = closing
                yielded = worker.throw(error)
        else:
            if worker is None:
                worker, yielded = _begin(partial(coroutine.send, sent))
            else:
                yielded = worker.switch(sent)


def _begin(step: Callable[[], object], *, closing: bool = False) -> tuple[Worker | None, object]:
    """Take a step up to its end, or to where its sync code waits; return what that waits for."""
    worker = borrow(step)
    worker.closing = closing
    return worker, worker.switch()
