"""Lend a thread to an event loop, so that asgiref finds the loop from there."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, wait
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

from asgiref.sync import SyncToAsync
from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from service.asgi.home import Loop

P = ParamSpec("P")
T = TypeVar("T")

GRACE = 1
"""Seconds in which the loop takes note of the end."""


@contextmanager
def lent_to(loop: Loop) -> Iterator[None]:
    """Let asgiref's ``async_to_sync`` reach the loop from the thread that enters this.

    asgiref looks for the loop that has sent a call to the thread by ``sync_to_async``. So the loop
    sends one: a greenlet takes it, and leaves it unfinished until the block has ended.
    """
    post = _Post()
    call = SyncToAsync(_return_to_block, thread_sensitive=False, executor=post)  # type: ignore[arg-type]  # Any executor will do.
    sent = asyncio.run_coroutine_threadsafe(call(), loop)
    taker = greenlet(post.take)
    taker.switch()
    try:
        yield
    finally:
        taker.switch()
        wait([sent], timeout=GRACE)


def _return_to_block() -> None:
    getcurrent().parent.switch()


class _Post(Executor):
    """Has a call made by the thread that takes it."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Hand a call over."""
        future: Future[T] = Future()
        # It can't be cancelled any more: its thread waits for it.
        future.set_running_or_notify_cancel()
        self._calls.put(partial(_make, future, partial(function, *args, **kwargs)))
        return future

    def take(self) -> None:
        """Make the next call."""
        self._calls.get()()


def _make(future: "Future[T]", call: Callable[[], T]) -> None:
    try:
        future.set_result(call())
    except BaseException as error:  # noqa: BLE001  # It is raised where the call is awaited.
        future.set_exception(error)
