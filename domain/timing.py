"""How long a request waits for each store."""

from collections.abc import Mapping
from contextvars import ContextVar
from time import perf_counter


class _Sum:
    """Adds up the time during which at least one call is under way, in seconds."""

    __slots__ = ("calls", "since", "spent")

    def __init__(self) -> None:
        self.calls = 0
        self.since = 0.0
        self.spent = 0.0

    def begin(self, now: float) -> None:
        if not self.calls:
            self.since = now
        self.calls += 1

    def end(self, now: float) -> None:
        if self.calls == 1:
            self.spent += now - self.since
        self.calls = max(0, self.calls - 1)

    def until(self, now: float) -> float:
        """Give the sum with what calls under way have taken so far."""
        return self.spent + now - self.since if self.calls else self.spent


class Stopwatch:
    """Adds up the time during which at least one call to a store is under way, in seconds.

    Calls at once count once: what is added up is never longer than what passed on the wall. That
    holds for each store and for all together, so that where calls to two stores overlap, the parts
    are more than `total`.
    """

    __slots__ = ("_all", "_began", "_stores")

    def __init__(self) -> None:
        self._began = perf_counter()
        self._all = _Sum()
        self._stores: dict[str, _Sum] = {}

    def start(self, store: str) -> None:
        """Take note that a call begins."""
        now = perf_counter()
        if store not in self._stores:
            self._stores[store] = _Sum()
        self._stores[store].begin(now)
        self._all.begin(now)

    def stop(self, store: str) -> None:
        """Take note that a call ends."""
        now = perf_counter()
        if store in self._stores:
            self._stores[store].end(now)
        self._all.end(now)

    def elapsed(self) -> float:
        """Give the time since this stopwatch was made, in stores and elsewhere."""
        return perf_counter() - self._began

    def read(self) -> tuple[float, Mapping[str, float]]:
        """Give the time in all stores and in each, with what calls under way have taken so far."""
        now = perf_counter()
        parts = {store: spent.until(now) for store, spent in self._stores.items()}
        return self._all.until(now), parts


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
