"""The contract of domain.ports.Outbox and domain.activity.ports.PendingEvents."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from domain.events import Event
from tests.contracts.conftest import AnyStores, AnyUnitOfWork

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)


def make_event(**details: object) -> Event:
    return Event(
        id=uuid7(), kind="author.created", subject=str(uuid7()), occurred_at=NOW, details=details
    )


async def add(unit_of_work: AnyUnitOfWork, *events: Event) -> None:
    async def add_all(stores: AnyStores) -> None:
        for event in events:
            await stores.outbox.add(event)

    await unit_of_work.run(add_all)


async def claim(
    unit_of_work: AnyUnitOfWork, token: UUID, now: datetime = NOW, limit: int = 10
) -> list[Event]:
    return await unit_of_work.run(
        lambda stores: stores.pending_events.claim(token, now, now + timedelta(seconds=30), limit)
    )


async def test_claimed_events_come_as_they_were_added(unit_of_work: AnyUnitOfWork) -> None:
    events = [make_event(name="한강 \" ' \\ %s", fields=["a", "b"], version=2), make_event()]
    await add(unit_of_work, *events)
    assert await claim(unit_of_work, uuid7()) == events


async def test_nobody_else_gets_claimed_events_until_the_claim_runs_out(
    unit_of_work: AnyUnitOfWork,
) -> None:
    event = make_event()
    await add(unit_of_work, event)
    assert await claim(unit_of_work, uuid7()) == [event]
    assert await claim(unit_of_work, uuid7(), LATER - timedelta(microseconds=1)) == []
    assert await claim(unit_of_work, uuid7(), LATER) == [event]


async def test_events_are_not_due_before_their_time(unit_of_work: AnyUnitOfWork) -> None:
    await add(unit_of_work, make_event())
    assert await claim(unit_of_work, uuid7(), NOW - timedelta(microseconds=1)) == []


async def test_completed_events_are_gone(unit_of_work: AnyUnitOfWork) -> None:
    first, second = make_event(), make_event()
    await add(unit_of_work, first, second)
    token = uuid7()
    assert await claim(unit_of_work, token, limit=1) == [first]
    await unit_of_work.run(lambda stores: stores.pending_events.complete(token))
    assert await claim(unit_of_work, uuid7(), LATER) == [second]


async def test_a_claim_that_ran_out_completes_nothing(unit_of_work: AnyUnitOfWork) -> None:
    event = make_event()
    await add(unit_of_work, event)
    slow = uuid7()
    await claim(unit_of_work, slow)
    await claim(unit_of_work, uuid7(), LATER)
    await unit_of_work.run(lambda stores: stores.pending_events.complete(slow))
    await unit_of_work.run(lambda stores: stores.pending_events.release(slow, NOW))
    assert await claim(unit_of_work, uuid7(), LATER) == []
    assert await claim(unit_of_work, uuid7(), LATER + timedelta(seconds=30)) == [event]


async def test_released_events_are_due_at_once(unit_of_work: AnyUnitOfWork) -> None:
    event = make_event()
    await add(unit_of_work, event)
    token = uuid7()
    await claim(unit_of_work, token)
    await unit_of_work.run(lambda stores: stores.pending_events.release(token, NOW))
    assert await claim(unit_of_work, uuid7()) == [event]


async def test_a_postponed_event_leaves_its_claim(unit_of_work: AnyUnitOfWork) -> None:
    refused, good = make_event(), make_event()
    await add(unit_of_work, refused, good)
    token = uuid7()
    await claim(unit_of_work, token)

    async def postpone_and_complete(stores: AnyStores) -> None:
        await stores.pending_events.postpone(token, refused.id, LATER + timedelta(hours=1))
        await stores.pending_events.complete(token)

    await unit_of_work.run(postpone_and_complete)
    assert await claim(unit_of_work, uuid7(), LATER) == []
    assert await claim(unit_of_work, uuid7(), LATER + timedelta(hours=1)) == [refused]


async def test_claims_at_once_share_the_events(unit_of_work: AnyUnitOfWork) -> None:
    events = [make_event() for _ in range(20)]
    await add(unit_of_work, *events)
    claims = await asyncio.gather(*(claim(unit_of_work, uuid7(), limit=3) for _ in range(7)))
    claimed = [event.id for events_of_one in claims for event in events_of_one]
    assert sorted(claimed) == sorted(event.id for event in events)


async def test_an_event_of_a_unit_that_fails_is_not_there(unit_of_work: AnyUnitOfWork) -> None:
    async def fail(stores: AnyStores) -> None:
        await stores.outbox.add(make_event())
        raise LookupError

    try:
        await unit_of_work.run(fail)
    except LookupError:
        assert await claim(unit_of_work, uuid7(), LATER) == []
