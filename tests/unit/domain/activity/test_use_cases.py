"""What people do with the activity log."""

from datetime import timedelta

import pytest

from domain.activity.use_cases import Activity
from domain.events import Event
from domain.pagination import PageRequest
from tests.unit.fakes import Fakes, details_of


@pytest.fixture
def activity(fakes: Fakes) -> Activity:
    return fakes.use_cases().activity


@pytest.fixture
async def events(fakes: Fakes) -> list[Event]:
    """Give what the log holds, newest first: two authors' creations, the first one's change."""
    use_cases = fakes.use_cases()
    first = await use_cases.catalogue.create_author(details_of("first"))
    await use_cases.catalogue.create_author(details_of("second"))
    fakes.clock.advance(timedelta(days=1))
    await use_cases.catalogue.change_author(first.id, {"name": "changed"})
    await use_cases.relay.deliver_batch()
    return (await fakes.recorded())[::-1]


async def test_events_are_listed_in_pages_from_the_newest(
    activity: Activity, events: list[Event]
) -> None:
    first = await activity.list_events(PageRequest(limit=2))
    second = await activity.list_events(PageRequest(limit=2, after=first.next_after))

    assert first.items == events[:2]
    assert (second.items, second.next_after) == (events[2:], None)


async def test_events_of_one_kind_or_about_one_subject_are_listed_alone(
    activity: Activity, events: list[Event]
) -> None:
    changed, second, first = events
    page = PageRequest(limit=10)

    kinds = await activity.list_events(page, kind="author.created")
    subjects = await activity.list_events(page, subject=first.subject)
    both = await activity.list_events(page, kind="author.created", subject=first.subject)

    assert kinds.items == [second, first]
    assert subjects.items == [changed, first]
    assert both.items == [first]


async def test_pages_go_on_within_a_filter(activity: Activity, events: list[Event]) -> None:
    _, second, first = events

    newer = await activity.list_events(PageRequest(limit=1), kind="author.created")
    older = await activity.list_events(
        PageRequest(limit=1, after=newer.next_after), kind="author.created"
    )

    assert [*newer.items, *older.items] == [second, first]
    assert older.next_after is None


async def test_a_purge_removes_in_batches_what_occurred_before_then(
    fakes: Fakes, activity: Activity, events: list[Event]
) -> None:
    assert await activity.purge_events(fakes.clock.now(), batch_size=1) == 2
    assert await activity.purge_events(fakes.clock.now(), batch_size=1) == 0

    assert await fakes.recorded() == events[:1]
