"""Whether the stores answer, asked seldom and never waited for long."""

import asyncio
from datetime import timedelta

import pytest

from domain.health import use_cases
from domain.health.use_cases import KEPT_FOR, Health
from tests.unit.fakes import Fakes, TroubledStore


@pytest.fixture
def stores(fakes: Fakes) -> list[TroubledStore]:
    fakes.stores += [TroubledStore("MySQL"), TroubledStore("Redis")]
    return fakes.stores


@pytest.fixture
def health(fakes: Fakes, stores: list[TroubledStore]) -> Health:
    return Health(stores, fakes.clock)


async def test_each_store_is_told_by_its_name(health: Health, stores: list[TroubledStore]) -> None:
    stores[1].away = True

    assert await health.check() == {"MySQL": True, "Redis": False}


async def test_without_stores_there_is_nothing_to_tell(fakes: Fakes) -> None:
    assert await Health([], fakes.clock).check() == {}


async def test_the_stores_are_asked_once_in_a_while(
    fakes: Fakes, health: Health, stores: list[TroubledStore]
) -> None:
    await health.check()
    stores[0].away = True
    fakes.clock.advance(KEPT_FOR - timedelta(microseconds=1))
    before = await health.check()
    fakes.clock.advance(timedelta(microseconds=1))
    after = await health.check()

    assert (before["MySQL"], after["MySQL"]) == (True, False)
    assert stores[0].pings == 2


async def test_many_who_look_at_once_ask_the_stores_once(
    fakes: Fakes, health: Health, stores: list[TroubledStore]
) -> None:
    await health.check()
    fakes.clock.advance(KEPT_FOR)

    await asyncio.gather(*(health.check() for _ in range(20)))

    assert stores[0].pings == 2


async def test_a_store_that_hangs_is_away(
    fakes: Fakes, stores: list[TroubledStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    class HangingStore(TroubledStore):
        async def ping(self) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(use_cases, "PING_TIMEOUT", 0.01)

    health = Health([*stores, HangingStore("MongoDB")], fakes.clock)

    assert await health.check() == {"MySQL": True, "Redis": True, "MongoDB": False}
