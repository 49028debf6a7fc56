"""How long a request waits for each store."""

from collections.abc import Mapping
from contextvars import ContextVar
from time import perf_counter

_ALL = "*"


class Stopwatch:
    """Adds up the time during which at least one call to a store is under way, in seconds.

    Calls at once count once: what is added up is never longer than what passed on the wall. That
    holds for each store and for all together, so that where calls to two stores overlap, the parts
    are more than `total`.
    """

    __slots__ = ("_began", "_running", "_since", "_spent")

    def __init__(self) -> None:
        self._began = perf_counter()
        self._running: dict[str, int] = {}
        self._since: dict[str, float] = {}
        self._spent: dict[str, float] = {}

    def start(self, store: str) -> None:
        """Take note that a call begins."""
        now = perf_counter()
        self._begin(store, now)
        self._begin(_ALL, now)

    def stop(self, store: str) -> None:
        """Take note that a call ends."""
        now = perf_counter()
        self._end(store, now)
        self._end(_ALL, now)

    def elapsed(self) -> float:
        """Give the time since this stopwatch was made, in stores and elsewhere."""
        return perf_counter() - self._began

    def read(self) -> tuple[float, Mapping[str, float]]:
        """Give the time in all stores and in each, with what calls under way have taken so far."""
        now = perf_counter()
        spent = dict(self._spent)
        for store, calls in self._running.items():
            if calls:
                spent[store] = spent.get(store, 0.0) + now - self._since[store]
        return spent.pop(_ALL, 0.0), spent

    def _begin(self, store: str, now: float) -> None:
        calls = self._running.get(store, 0)
        if not calls:
            self._since[store] = now
        self._running[store] = calls + 1

    def _end(self, store: str, now: float) -> None:
        calls = self._running.get(store, 0)
        self._running[store] = max(0, calls - 1)
        if calls == 1:
            self._spent[store] = self._spent.get(store, 0.0) + now - self._since[store]


stopwatch: ContextVar[Stopwatch | None] = ContextVar("stopwatch", default=None)
"""That of the request whose code runs; a task that it starts shares it."""


class TimedStore:
    """A context manager around each call to one store; one object does for all calls, at once too.

    Without a stopwatch it does nothing.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        watch = stopwatch.get()
        if watch is not None:
            watch.start(self._name)

    def __exit__(self, *_: object) -> None:
        watch = stopwatch.get()
        if watch is not None:
            watch.stop(self._name)
