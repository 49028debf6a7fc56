"""How long a request waits for each store."""

import asyncio
from collections.abc import Iterator

import pytest

from domain import timing
from domain.timing import Stopwatch, TimedStore, stopwatch


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timing, "perf_counter", clock)
    return clock


@pytest.fixture
def watch(clock: Clock) -> Iterator[Stopwatch]:
    watch = Stopwatch()
    token = stopwatch.set(watch)
    yield watch
    stopwatch.reset(token)


def test_nothing_was_asked_so_nothing_was_spent(watch: Stopwatch) -> None:
    assert watch.read() == (0.0, {})


def test_it_runs_from_its_beginning(clock: Clock, watch: Stopwatch) -> None:
    clock.now += 7

    assert watch.elapsed() == 7.0


def test_calls_one_after_another_are_added_up(clock: Clock, watch: Stopwatch) -> None:
    for store, seconds in (("MySQL", 1.0), ("Redis", 0.25), ("MySQL", 2.0)):
        with TimedStore(store):
            clock.now += seconds
        clock.now += 10

    assert watch.read() == (3.25, {"MySQL": 3.0, "Redis": 0.25})


def test_calls_at_once_count_once(clock: Clock, watch: Stopwatch) -> None:
    mysql = TimedStore("MySQL")
    with mysql:
        clock.now += 1
        with mysql:
            clock.now += 1
        clock.now += 1

    assert watch.read() == (3.0, {"MySQL": 3.0})


def test_where_two_stores_are_asked_at_once_the_parts_are_more_than_the_total(
    clock: Clock, watch: Stopwatch
) -> None:
    with TimedStore("MySQL"):
        clock.now += 1
        with TimedStore("MongoDB"):
            clock.now += 2

    assert watch.read() == (3.0, {"MySQL": 3.0, "MongoDB": 2.0})


def test_a_call_under_way_counts_up_to_now(clock: Clock, watch: Stopwatch) -> None:
    with TimedStore("MySQL"):
        clock.now += 1
        assert watch.read() == (1.0, {"MySQL": 1.0})
        clock.now += 1

    assert watch.read() == (2.0, {"MySQL": 2.0})


def test_a_call_that_fails_counts_too(clock: Clock, watch: Stopwatch) -> None:
    def fail() -> None:
        with TimedStore("MySQL"):
            clock.now += 1
            raise ValueError("gone")

    with pytest.raises(ValueError, match="gone"):
        fail()

    assert watch.read() == (1.0, {"MySQL": 1.0})


async def test_the_tasks_of_a_request_share_its_stopwatch(clock: Clock) -> None:
    watch, all_begun = Stopwatch(), asyncio.Barrier(10)

    async def call() -> None:
        with TimedStore("MySQL"):
            await all_begun.wait()

    async def request() -> None:
        stopwatch.set(watch)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(9):
                tasks.create_task(call())
            await all_begun.wait()
            clock.now += 1

    await asyncio.create_task(request())

    assert watch.read() == (1.0, {"MySQL": 1.0})
    assert stopwatch.get() is None


def test_an_end_without_a_beginning_is_left_out(watch: Stopwatch) -> None:
    """As where the garbage collector ends somebody else's call in this context."""
    watch.stop("MySQL")

    with TimedStore("MySQL"):
        pass
    assert watch.read() == (0.0, {"MySQL": 0.0})


def test_without_a_stopwatch_nothing_happens(clock: Clock) -> None:
    with TimedStore("MySQL"):
        clock.now += 1

    assert stopwatch.get() is None
