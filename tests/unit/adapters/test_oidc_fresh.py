"""Values that are loaded once, and again when they are old."""

import asyncio

import pytest

from adapters.oidc.client import ExchangeFailed
from adapters.oidc.fresh import FAILURE_REST, LIFE, RENEWAL_REST, Fresh


class Source:
    """Gives 1, 2, 3, … one after the other, or fails; it waits while it is held."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.loads = 0
        self.fails = False
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()
        self.value = Fresh(self.load, lambda: self.now)

    async def load(self) -> int:
        self.loads += 1
        load = self.loads
        self.begun.set()
        await self.go_on.wait()
        if self.fails:
            raise ExchangeFailed(f"failure {load}")
        return load


@pytest.fixture
def source() -> Source:
    return Source()


async def test_a_value_is_kept_for_its_life(source: Source) -> None:
    assert await source.value.get() == 1
    source.now += LIFE - 1
    assert await source.value.get() == 1
    source.now += 1
    assert await source.value.get() == 2


async def test_a_value_is_renewed_when_it_is_not_new(source: Source) -> None:
    assert await source.value.renewed() == 1
    source.now += RENEWAL_REST - 1
    assert await source.value.renewed() == 1
    source.now += 1
    assert await source.value.renewed() == 2
    assert await source.value.get() == 2


async def test_those_who_ask_at_once_share_one_load(source: Source) -> None:
    source.go_on.clear()
    asked = [asyncio.create_task(source.value.get()) for _ in range(20)]
    await source.begun.wait()
    source.go_on.set()

    assert await asyncio.gather(*asked) == [1] * 20


async def test_those_who_ask_at_once_share_one_failure(source: Source) -> None:
    source.fails = True
    found = await asyncio.gather(*(source.value.get() for _ in range(20)), return_exceptions=True)

    assert {str(failure) for failure in found} == {"failure 1"}
    assert len({id(failure) for failure in found}) == 20


async def test_after_a_failure_it_is_tried_again(source: Source) -> None:
    source.fails = True
    with pytest.raises(ExchangeFailed):
        await source.value.get()
    source.fails = False
    source.now += FAILURE_REST

    assert await source.value.get() == 2


async def test_an_old_value_is_not_given_when_no_new_one_can_be_had(source: Source) -> None:
    await source.value.get()
    source.fails = True
    source.now += LIFE

    with pytest.raises(ExchangeFailed):
        await source.value.get()


async def test_another_goes_on_where_one_is_cancelled(source: Source) -> None:
    source.go_on.clear()
    first = asyncio.create_task(source.value.get())
    await source.begun.wait()
    second = asyncio.create_task(source.value.get())
    first.cancel()
    source.go_on.set()

    assert await second == 2
