"""The background work of a server process."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace

import pytest

from domain.activity.relay import BATCH_SIZE
from domain.errors import StoreNotReady, StoreUnavailable
from service import relay_worker
from service.relay_worker import (
    FIRST_RETRY_TIME,
    GATHER_TIME,
    LAST_RETRY_TIME,
    relay,
)

AWAY = StoreUnavailable("MongoDB", "connection refused")


class ScriptedRelay:
    """Gives or raises one outcome after the other, then 0; each call can be awaited."""

    def __init__(self, *outcomes: int | Exception) -> None:
        self.outcomes = list(outcomes)
        self.during_delivery: Callable[[], None] = lambda: None
        self._calls = asyncio.Semaphore(0)

    async def deliver_batch(self) -> int:
        self._calls.release()
        self.during_delivery()
        # As every delivery does, so that a worker that never waits is still cancelled.
        await asyncio.sleep(0)
        outcome = self.outcomes.pop(0) if self.outcomes else 0
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def called(self, times: int) -> None:
        """Wait until it was called that many times more."""
        async with asyncio.timeout(10):
            for _ in range(times):
                await self._calls.acquire()

    def is_idle(self) -> bool:
        """Tell whether there was no further call."""
        return self._calls.locked()


@asynccontextmanager
async def working(
    deliveries: ScriptedRelay, waiting: asyncio.Event
) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(relay(deliveries.deliver_batch, BATCH_SIZE, waiting, "events"))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def settle() -> None:
    """Let every task run on until it waits for something from outside."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def waiting() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def no_idle_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_worker, "IDLE_TIME", 3600)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_worker, "FIRST_RETRY_TIME", 0)


@pytest.mark.usefixtures("no_idle_looks")
async def test_events_left_from_before_are_delivered_at_the_start(waiting: asyncio.Event) -> None:
    deliveries = ScriptedRelay(BATCH_SIZE, BATCH_SIZE, 7)

    async with working(deliveries, waiting):
        await deliveries.called(3)
        await settle()

        assert deliveries.is_idle()


@pytest.mark.usefixtures("no_idle_looks")
async def test_events_that_come_one_after_the_other_are_delivered_together(
    waiting: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathering, gathered = asyncio.Event(), asyncio.Event()

    async def gather(seconds: float) -> None:
        assert seconds == GATHER_TIME
        gathering.set()
        await gathered.wait()

    monkeypatch.setattr(
        relay_worker, "asyncio", SimpleNamespace(sleep=gather, timeout=asyncio.timeout)
    )
    deliveries = ScriptedRelay()
    async with working(deliveries, waiting):
        await deliveries.called(1)
        waiting.set()
        await gathering.wait()
        waiting.set()
        await settle()
        assert deliveries.is_idle()

        deliveries.outcomes = [2]
        gathered.set()
        await deliveries.called(1)
        await settle()
        assert deliveries.is_idle()


@pytest.mark.usefixtures("no_idle_looks")
async def test_an_event_that_comes_during_a_delivery_is_not_missed(waiting: asyncio.Event) -> None:
    deliveries = ScriptedRelay()

    def come() -> None:
        deliveries.during_delivery = lambda: None
        waiting.set()

    deliveries.during_delivery = come
    async with working(deliveries, waiting):
        await deliveries.called(2)


async def test_events_of_others_are_looked_for_from_time_to_time(
    waiting: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_worker, "IDLE_TIME", 0)
    deliveries = ScriptedRelay()

    async with working(deliveries, waiting):
        await deliveries.called(3)


@pytest.mark.usefixtures("no_idle_looks", "no_pauses")
async def test_the_work_goes_on_when_a_store_is_back(
    waiting: asyncio.Event, caplog: pytest.LogCaptureFixture
) -> None:
    deliveries = ScriptedRelay(AWAY, StoreNotReady("MySQL", "x", "y"), 5)

    async with working(deliveries, waiting) as task:
        await deliveries.called(3)
        assert not task.done()

    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert caplog.records[0].getMessage() == (
        "Events wait in the outbox: MongoDB is unavailable: connection refused"
    )


@pytest.mark.usefixtures("no_idle_looks", "no_pauses")
async def test_the_work_outlives_a_bug_whose_traceback_is_logged(
    waiting: asyncio.Event, caplog: pytest.LogCaptureFixture
) -> None:
    deliveries = ScriptedRelay(LookupError("a bug"), 5)

    async with working(deliveries, waiting) as task:
        await deliveries.called(2)
        assert not task.done()

    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "a bug"


@pytest.mark.usefixtures("no_idle_looks")
async def test_the_pauses_grow_while_a_store_is_away_and_begin_anew_afterwards(
    waiting: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(
        relay_worker, "asyncio", SimpleNamespace(sleep=pause, timeout=asyncio.timeout)
    )
    deliveries = ScriptedRelay(*[AWAY] * 6)
    async with working(deliveries, waiting):
        await deliveries.called(7)
        await settle()
        deliveries.outcomes = [AWAY]
        waiting.set()
        await deliveries.called(2)
        await settle()

    assert pauses == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0, GATHER_TIME, 0.5]
    assert (pauses[0], max(pauses)) == (FIRST_RETRY_TIME, LAST_RETRY_TIME)


@pytest.mark.usefixtures("no_idle_looks")
async def test_a_cancellation_ends_the_work(waiting: asyncio.Event) -> None:
    deliveries = ScriptedRelay()
    task = asyncio.create_task(relay(deliveries.deliver_batch, BATCH_SIZE, waiting, "events"))
    await deliveries.called(1)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
