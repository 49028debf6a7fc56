"""The delivery of events: each at least once, and exactly once in effect."""

import asyncio
import logging
from datetime import timedelta

import pytest

from domain.activity.relay import BATCH_SIZE, CLAIM_TIME, REFUSED_RETRY_TIME, Relay
from domain.errors import StoreUnavailable
from domain.events import Event
from tests.unit.fakes import Fakes, Held, details_of, no_trouble, raising

MOMENT = timedelta(microseconds=1)
AWAY = StoreUnavailable("MySQL", "gone")


@pytest.fixture
def relay(fakes: Fakes) -> Relay:
    return fakes.use_cases().relay


async def leave_events(fakes: Fakes, count: int) -> list[Event]:
    """Leave as many events in the outbox, and give all that are there."""
    catalogue = fakes.use_cases().catalogue
    for number in range(count):
        await catalogue.create_author(details_of(f"author {number}"))
    return await fakes.pending()


async def test_there_is_nothing_to_deliver_at_first(fakes: Fakes, relay: Relay) -> None:
    assert await relay.deliver_batch() == 0

    assert fakes.activity_log.deliveries == []


async def test_a_delivered_event_is_in_the_log_and_no_longer_in_the_outbox(
    fakes: Fakes, relay: Relay
) -> None:
    events = await leave_events(fakes, 3)

    assert await relay.deliver_batch() == 3

    assert await fakes.recorded() == events
    assert await fakes.pending() == []
    assert await relay.deliver_batch() == 0


async def test_many_events_are_delivered_in_batches_the_oldest_first(
    fakes: Fakes, relay: Relay
) -> None:
    events = await leave_events(fakes, BATCH_SIZE + 1)

    assert [await relay.deliver_batch() for _ in range(3)] == [BATCH_SIZE, 1, 0]

    delivered = [event_id for batch in fakes.activity_log.deliveries for event_id in batch]
    assert delivered == [event.id for event in events]


async def test_events_stay_and_are_due_again_at_once_while_the_log_is_away(
    fakes: Fakes, relay: Relay
) -> None:
    events = await leave_events(fakes, 2)
    fakes.activity_log.away = True

    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await relay.deliver_batch()
    assert await fakes.pending() == events
    assert await fakes.recorded() == []

    fakes.activity_log.away = False
    assert await relay.deliver_batch() == 2
    assert await fakes.recorded() == events


async def test_an_event_whose_delivery_got_no_answer_is_in_the_log_once(
    fakes: Fakes, relay: Relay
) -> None:
    events = await leave_events(fakes, 2)
    fakes.activity_log.loses_answers = True
    with pytest.raises(StoreUnavailable):
        await relay.deliver_batch()
    fakes.activity_log.loses_answers = False

    await relay.deliver_batch()

    assert len(fakes.activity_log.deliveries) == 2
    assert await fakes.recorded() == events
    assert await fakes.pending() == []


async def test_a_cancelled_delivery_leaves_its_events_to_the_next(
    fakes: Fakes, relay: Relay
) -> None:
    events = await leave_events(fakes, 2)
    record, held = fakes.activity_log.record, Held()
    fakes.activity_log.record = lambda _events: held()
    delivery = asyncio.create_task(relay.deliver_batch())
    await held.begun.wait()

    delivery.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivery

    fakes.activity_log.record = record
    assert await relay.deliver_batch() == 2
    assert await fakes.recorded() == events


async def test_a_cancelled_delivery_ends_also_when_the_outbox_is_away(
    fakes: Fakes, relay: Relay
) -> None:
    await leave_events(fakes, 1)
    held = Held()
    fakes.activity_log.record = lambda _events: held()
    delivery = asyncio.create_task(relay.deliver_batch())
    await held.begun.wait()
    fakes.unit_of_work.before_run = raising(AWAY)

    delivery.cancel()

    with pytest.raises(asyncio.CancelledError):
        await delivery


async def test_the_claim_of_a_relay_that_died_runs_out(fakes: Fakes, relay: Relay) -> None:
    events = await leave_events(fakes, 2)
    await die_behind_the_claim(fakes, relay)

    fakes.clock.advance(CLAIM_TIME - MOMENT)
    assert await fakes.use_cases().relay.deliver_batch() == 0
    fakes.clock.advance(MOMENT)
    assert await fakes.use_cases().relay.deliver_batch() == 2

    assert await fakes.recorded() == events
    assert await fakes.pending() == []


async def die_behind_the_claim(fakes: Fakes, relay: Relay) -> None:
    """Claim all events; neither their delivery nor the end of the claim comes to pass."""

    async def die() -> None:
        fakes.activity_log.away = True
        fakes.unit_of_work.before_run = raising(AWAY)

    fakes.unit_of_work.after_commit = die
    with pytest.raises(StoreUnavailable):
        await relay.deliver_batch()
    fakes.activity_log.away = False
    fakes.unit_of_work.before_run = fakes.unit_of_work.after_commit = no_trouble


async def test_an_event_is_in_the_log_once_when_its_relay_dies_behind_the_delivery(
    fakes: Fakes, relay: Relay
) -> None:
    events = await leave_events(fakes, 2)

    async def die() -> None:
        fakes.unit_of_work.before_run = raising(AWAY)

    fakes.unit_of_work.after_commit = die
    with pytest.raises(StoreUnavailable):
        await relay.deliver_batch()
    fakes.unit_of_work.before_run = fakes.unit_of_work.after_commit = no_trouble
    assert await fakes.pending() == await fakes.recorded() == events

    fakes.clock.advance(CLAIM_TIME)
    assert await fakes.use_cases().relay.deliver_batch() == 2

    assert len(fakes.activity_log.deliveries) == 2
    assert await fakes.recorded() == events
    assert await fakes.pending() == []


async def test_a_relay_that_was_taken_for_dead_drops_nothing_of_the_next_one(
    fakes: Fakes, relay: Relay
) -> None:
    await leave_events(fakes, 1)
    record, held = fakes.activity_log.record, Held()

    async def record_slowly(events: list[Event]) -> object:
        await held()
        return await record(events)

    fakes.activity_log.record = record_slowly
    slow = asyncio.create_task(relay.deliver_batch())
    await held.begun.wait()
    fakes.clock.advance(CLAIM_TIME)
    fakes.activity_log.record = record
    fakes.unit_of_work.after_commit = raising(AWAY)
    with pytest.raises(StoreUnavailable):
        await fakes.use_cases().relay.deliver_batch()
    fakes.unit_of_work.after_commit = no_trouble

    held.go_on.set()
    await slow

    assert len(await fakes.pending()) == 1
    assert len(await fakes.recorded()) == 1


async def test_relays_at_once_deliver_each_event_once(fakes: Fakes) -> None:
    events = await leave_events(fakes, 3 * BATCH_SIZE)

    counts = await asyncio.gather(*(fakes.use_cases().relay.deliver_batch() for _ in range(4)))

    assert sum(counts) == 3 * BATCH_SIZE
    delivered = [event_id for batch in fakes.activity_log.deliveries for event_id in batch]
    assert sorted(delivered) == [event.id for event in events]


async def test_a_refused_event_is_postponed_and_holds_up_no_other(
    fakes: Fakes, relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    first, refused, last = await leave_events(fakes, 3)
    fakes.activity_log.refused = {refused.id}

    assert await relay.deliver_batch() == 3

    assert await fakes.recorded() == [first, last]
    assert await fakes.pending() == [refused]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage() == (f"The activity log refuses event {refused.id} (author.created).")


async def test_a_refused_event_is_tried_again_after_a_while(fakes: Fakes, relay: Relay) -> None:
    (refused,) = await leave_events(fakes, 1)
    fakes.activity_log.refused = {refused.id}
    await relay.deliver_batch()
    fakes.activity_log.refused = set()

    fakes.clock.advance(REFUSED_RETRY_TIME - MOMENT)
    assert await relay.deliver_batch() == 0
    fakes.clock.advance(MOMENT)
    assert await relay.deliver_batch() == 1

    assert await fakes.recorded() == [refused]
