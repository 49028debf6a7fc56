"""The time that calls may take, kept by one timer."""

import asyncio
from collections.abc import Callable

from pymysql.err import OperationalError


class NoAnswer(OperationalError):  # type: ignore[misc] # PyMySQL ships no types.
    """A call had its time, and the connection was closed."""


class Deadline:
    """Calls `expire` where a call does not end within `seconds`; one call is under way at a time.

    `asyncio.timeout` makes a timer for each call and cancels it soon after, thousands of times a
    second, to no effect. Here the timer stays. When it fires it looks whether the call under way
    has had its time; if not, it is set for when that will be so.
    """

    __slots__ = ("_due", "_expire", "_loop", "_seconds", "_timer", "has_passed")

    def __init__(self, seconds: float, expire: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._expire = expire
        self._due: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.has_passed = False

    def __enter__(self) -> None:
        self._due = self._loop.time() + self._seconds
        if self._timer is None:
            self._timer = self._loop.call_at(self._due, self._look)

    def __exit__(self, *_: object) -> None:
        self._due = None

    def no_answer(self) -> NoAnswer:
        """Give the error of the call that had its time."""
        return NoAnswer(f"no answer within {self._seconds} s")

    def close(self) -> None:
        """Stop the timer."""
        self._due = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._due is None:
            return
        if self._loop.time() < self._due:
            self._timer = self._loop.call_at(self._due, self._look)
        else:
            self.has_passed = True
            self._expire()
