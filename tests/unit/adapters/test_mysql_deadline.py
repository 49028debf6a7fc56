"""The time of a call, kept by one timer for all calls of a connection."""

import asyncio
from collections.abc import Callable
from contextvars import Context

import pytest

from adapters.mysql.deadline import Deadline

LONG = 60.0
SHORT = 0.01


class Expiry:
    """Is told when a call had its time."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def __call__(self) -> None:
        self.event.set()


def timers_set(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give when each timer is due that is set from now on."""
    loop = asyncio.get_running_loop()
    call_at, due = loop.call_at, []

    def noting_call_at(
        when: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.TimerHandle:
        due.append(when)
        return call_at(when, callback, *args, context=context)

    monkeypatch.setattr(loop, "call_at", noting_call_at)
    return due


async def test_a_call_that_takes_too_long_expires() -> None:
    expiry = Expiry()
    deadline = Deadline(SHORT, expiry)

    with deadline:
        await asyncio.wait_for(expiry.event.wait(), LONG)

    assert deadline.has_passed
    assert "within 0.01 s" in str(deadline.no_answer())


async def test_calls_share_a_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Deadline(LONG, Expiry())
    due = timers_set(monkeypatch)

    for _ in range(3):
        with deadline:
            await asyncio.sleep(0)

    assert len(due) == 1
    deadline.close()


async def test_a_call_has_its_whole_time_though_the_timer_was_set_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expiry = Expiry()
    deadline = Deadline(SHORT, expiry)
    due = timers_set(monkeypatch)
    with deadline:
        pass
    await asyncio.sleep(SHORT / 2)

    with deadline:
        began = asyncio.get_running_loop().time()
        await asyncio.wait_for(expiry.event.wait(), LONG)

    assert asyncio.get_running_loop().time() >= began + SHORT
    assert due[0] < began + SHORT


async def test_nothing_expires_between_calls() -> None:
    expiry = Expiry()
    deadline = Deadline(SHORT, expiry)
    with deadline:
        pass

    await asyncio.sleep(5 * SHORT)

    assert not expiry.event.is_set()


async def test_nothing_expires_once_it_is_closed() -> None:
    expiry = Expiry()
    deadline = Deadline(SHORT, expiry)

    with deadline:
        deadline.close()
        await asyncio.sleep(5 * SHORT)

    assert not expiry.event.is_set()
