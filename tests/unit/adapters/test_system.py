"""The machine's clock and identifiers, and their fakes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from adapters.memory.clock import FixedClock
from adapters.memory.identifiers import SequentialIdentifiers
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UUID7Identifiers
from domain.ports import Clock, Identifiers


@pytest.mark.parametrize("clock", [SystemClock(), FixedClock()])
def test_a_clock_tells_an_aware_time_in_utc_that_does_not_go_back(clock: Clock) -> None:
    earlier, later = clock.now(), clock.now()

    assert earlier.utcoffset() == timedelta(0)
    assert earlier <= later


def test_the_machines_clock_tells_the_present() -> None:
    before = datetime.now(UTC)

    assert before <= SystemClock().now() <= datetime.now(UTC)


def test_a_fixed_clock_moves_when_told() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))

    clock.advance(timedelta(seconds=1.5))

    assert clock.now() == datetime(2026, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)


@pytest.mark.parametrize("identifiers", [UUID7Identifiers(), SequentialIdentifiers()])
def test_identifiers_are_uuids_of_version_7_in_growing_order(identifiers: Identifiers) -> None:
    given = [identifiers.new() for _ in range(10_000)]

    assert all(earlier < later for earlier, later in pairwise(given))
    assert {identifier.version for identifier in given} == {7}


def test_an_identifier_holds_the_time_at_which_it_was_made() -> None:
    before = datetime.now(UTC)

    milliseconds = UUID7Identifiers().new().int >> 80

    assert abs(milliseconds / 1000 - before.timestamp()) < 60
