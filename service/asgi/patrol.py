"""One coarse timer for all requests that wait, in place of one timer each."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TypeAlias

Callback: TypeAlias = Callable[[], None]

PERIOD = 0.05
"""Seconds between two rounds."""


class Patrol:
    """Calls each callback that has been here for a whole period, once, within two.

    Most requests that wait have their answer within a period, and set no timer of their own. The
    rounds end when nobody waits.
    """

    def __init__(self, period: float = PERIOD) -> None:
        self._period = period
        self._loop: asyncio.AbstractEventLoop | None = None
        self._newcomers: set[Callback] = set()
        self._waiting: set[Callback] = set()

    def join(self, callback: Callback) -> None:
        """Wait to be called on the running loop."""
        if self._loop is None or self._loop is not asyncio.get_running_loop():
            self._start()
        self._newcomers.add(callback)

    def leave(self, callback: Callback) -> None:
        """Wait no more, if this still does."""
        self._newcomers.discard(callback)
        self._waiting.discard(callback)

    def _start(self) -> None:
        # An application may be served on one loop after another, as tests do.
        self._newcomers, self._waiting = set(), set()
        self._loop = asyncio.get_running_loop()
        # In a context of its own: it would keep that of the request which happened to be the first.
        self._loop.call_later(self._period, self._go_round, self._loop, context=Context())

    def _go_round(self, loop: asyncio.AbstractEventLoop) -> None:
        if loop is not self._loop:
            return
        overdue, self._waiting, self._newcomers = self._waiting, self._newcomers, set()
        for callback in overdue:
            callback()
        if self._waiting:
            loop.call_later(self._period, self._go_round, loop)
        else:
            self._loop = None
