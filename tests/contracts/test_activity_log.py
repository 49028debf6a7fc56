"""What every ActivityLog does."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.activity.ports import ActivityLog
from domain.events import Details, Event
from tests.contracts.examples import NOW, new_event


async def listed(
    log: ActivityLog,
    *,
    kind: str | None = None,
    subject: str | None = None,
    before: UUID | None = None,
    limit: int = 100,
) -> list[Event]:
    return await log.list(kind=kind, subject=subject, before=before, limit=limit)


async def test_a_new_log_is_empty(activity_log: ActivityLog) -> None:
    assert await listed(activity_log) == []


async def test_nothing_can_be_recorded(activity_log: ActivityLog) -> None:
    assert await activity_log.record([]) == frozenset()


async def test_events_come_back_as_they_were_newest_first(activity_log: ActivityLog) -> None:
    events = [new_event(), new_event(), new_event()]

    held = await activity_log.record([events[1], events[0], events[2]])

    assert held == {event.id for event in events}
    assert await listed(activity_log) == events[::-1]


@pytest.mark.parametrize("microsecond", [0, 1, 999, 1000, 1001, 999_999])
async def test_times_are_kept_to_the_microsecond(
    activity_log: ActivityLog, microsecond: int
) -> None:
    event = new_event(occurred_at=NOW.replace(microsecond=microsecond))

    await activity_log.record([event])

    [found] = await listed(activity_log)
    assert found.occurred_at == event.occurred_at
    assert found.occurred_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"fields": ["name", "biography"], "version": 2},
        {"fields": [], "absent": None, "open": False, "text": ""},
        {"small": -1, "large": 2**62},
        {"name": "a\0b 🖋 \u2028 \\ \"'", "이름": "이상"},
    ],
)
async def test_details_are_kept(activity_log: ActivityLog, details: Details) -> None:
    event = new_event(details=details)

    await activity_log.record([event])

    assert await listed(activity_log) == [event]


async def test_what_was_recorded_does_not_follow_its_source(activity_log: ActivityLog) -> None:
    fields = ["name"]
    await activity_log.record([new_event(details={"fields": fields})])

    fields.append("biography")

    [found] = await listed(activity_log)
    assert found.details == {"fields": ["name"]}


async def test_a_repeated_delivery_changes_nothing(activity_log: ActivityLog) -> None:
    old, new = new_event(), new_event()
    await activity_log.record([old])

    held = await activity_log.record([replace(old, kind="author.changed"), new, new])

    assert held == {old.id, new.id}
    assert await listed(activity_log) == [new, old]


async def test_deliveries_at_once_record_each_event_once(activity_log: ActivityLog) -> None:
    events = [new_event() for _ in range(20)]

    held = await asyncio.gather(*(activity_log.record(events) for _ in range(5)))

    assert held == [{event.id for event in events}] * 5
    assert await listed(activity_log) == events[::-1]


@pytest.mark.parametrize(
    "details", [{"number": 2**70}, {"a\0key": 1}, {"$set": 1}, {"dotted.key": 1}]
)
async def test_an_event_that_is_hard_to_hold_does_not_stop_the_others(
    activity_log: ActivityLog, details: Details
) -> None:
    good, hard, old = new_event(), new_event(details=details), new_event()
    await activity_log.record([old])

    held = await activity_log.record([good, hard, old])

    assert {good.id, old.id} <= held
    assert {event.id for event in await listed(activity_log)} == held


async def test_events_are_listed_by_kind_and_subject(activity_log: ActivityLog) -> None:
    one, other = str(uuid7()), str(uuid7())
    created = new_event(kind="author.created", subject=one)
    changed = new_event(kind="author.changed", subject=one)
    elsewhere = new_event(kind="author.changed", subject=other)
    await activity_log.record([created, changed, elsewhere])

    assert await listed(activity_log, kind="author.changed") == [elsewhere, changed]
    assert await listed(activity_log, subject=one) == [changed, created]
    assert await listed(activity_log, kind="author.changed", subject=one) == [changed]
    assert await listed(activity_log, kind="author.created", subject=other) == []
    assert await listed(activity_log, kind="author") == []
    assert await listed(activity_log, subject="") == []


async def test_pages_follow_one_another(activity_log: ActivityLog) -> None:
    events = [new_event(kind="author.changed") for _ in range(7)]
    await activity_log.record([*events, new_event(kind="author.deleted")])

    pages, before = [], None
    while page := await listed(activity_log, kind="author.changed", before=before, limit=3):
        pages.append(page)
        before = page[-1].id

    newest_first = events[::-1]
    assert pages == [newest_first[:3], newest_first[3:6], newest_first[6:]]


async def test_a_page_holds_events_of_the_same_millisecond_in_the_order_of_ids(
    activity_log: ActivityLog,
) -> None:
    ids = [UUID(int=(0x0190 << 112) | (0x7 << 76) | (0x8 << 60) | n) for n in (1, 255, 256, 2**32)]
    await activity_log.record([new_event(event_id=key) for key in ids])

    assert [event.id for event in await listed(activity_log)] == ids[::-1]
    assert [event.id for event in await listed(activity_log, before=ids[2])] == [ids[1], ids[0]]


async def test_a_purge_removes_what_occurred_before(activity_log: ActivityLog) -> None:
    microsecond = timedelta(microseconds=1)
    before, at, after = (
        new_event(occurred_at=NOW + offset) for offset in (-microsecond, timedelta(0), microsecond)
    )
    await activity_log.record([before, at, after, new_event(occurred_at=NOW - timedelta(days=9))])

    assert await activity_log.purge(NOW, 100) == 2

    assert await listed(activity_log) == [after, at]
    assert await activity_log.purge(NOW, 100) == 0


async def test_a_purge_is_bounded(activity_log: ActivityLog) -> None:
    await activity_log.record([new_event(occurred_at=NOW) for _ in range(5)])

    purged = [await activity_log.purge(NOW + timedelta(days=1), 2) for _ in range(4)]

    assert purged == [2, 2, 1, 0]
    assert await listed(activity_log) == []
