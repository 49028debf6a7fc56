"""Attempts on the databases: which rows a purge removes, and what clocks that differ do."""

from datetime import timedelta

import pytest

from adapters.memory.clock import FixedClock
from adapters.sql.attempts import SQLAttempts
from adapters.sql.connection import Database
from domain.limits.entities import Charge, Limit

LIMIT = Limit("account", 2, 3600)
HALF_AN_HOUR = timedelta(seconds=1800)
MOMENT = timedelta(microseconds=1)


@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)])
def database(request: pytest.FixtureRequest) -> Database:
    adapter: Database = request.getfixturevalue(request.param)
    return adapter


async def test_who_has_nothing_to_wait_for_is_forgotten(database: Database) -> None:
    clock = FixedClock()
    attempts = SQLAttempts(database, clock)
    for caller in ("one", "two", "three"):
        await attempts.take([Charge(LIMIT, caller)])
    await attempts.take([Charge(LIMIT, "three")])

    clock.advance(HALF_AN_HOUR)
    assert await attempts.purge(9) == 0
    clock.advance(MOMENT)
    assert [await attempts.purge(1) for _ in range(3)] == [1, 1, 0]

    clock.advance(HALF_AN_HOUR)
    assert await attempts.purge(9) == 1


async def test_a_clock_that_was_ahead_keeps_nobody_out_for_long(database: Database) -> None:
    ahead, clock = FixedClock(), FixedClock()
    ahead.advance(timedelta(days=1000))
    await SQLAttempts(database, ahead).take([Charge(LIMIT, "one")])
    attempts = SQLAttempts(database, clock)

    (refused,) = await attempts.take([Charge(LIMIT, "one")])
    clock.advance(HALF_AN_HOUR)

    assert refused.retry_after == HALF_AN_HOUR.total_seconds()
    assert (await attempts.take([Charge(LIMIT, "one")]))[0].allowed
