"""What people do with the catalogue, and the event that each change leaves."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.catalogue.entities import AuthorChanges
from domain.catalogue.use_cases import Catalogue
from domain.errors import InvalidValue, NotFound, StaleVersion, StoreUnavailable
from domain.events import Event
from domain.pagination import PageRequest
from tests.unit.fakes import Fakes, details_of, raising

NOBODY = UUID("01900000-0000-7000-8000-00000000dead")

FULL = details_of(
    "Yi Sang", biography="A poet.", born_on=date(1910, 9, 23), died_on=date(1937, 4, 17)
)


async def last_event(fakes: Fakes) -> Event:
    return (await fakes.pending())[-1]


async def test_a_created_author_has_its_details_and_version_1(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    author = await catalogue.create_author(FULL)

    assert {name: getattr(author, name) for name in FULL} == FULL
    assert author.version == 1
    assert author.created_at == author.updated_at == fakes.clock.now()
    assert await fakes.authors() == [author]
    assert await catalogue.get_author(author.id) == author


async def test_each_call_creates_an_author_of_its_own(fakes: Fakes, catalogue: Catalogue) -> None:
    first = await catalogue.create_author(FULL)
    second = await catalogue.create_author(FULL)

    assert first.id < second.id
    assert await fakes.authors() == [first, second]


async def test_a_creation_leaves_one_event(fakes: Fakes, catalogue: Catalogue) -> None:
    author = await catalogue.create_author(FULL)

    (event,) = await fakes.pending()
    assert event.kind == "author.created"
    assert event.subject == str(author.id)
    assert event.occurred_at == author.created_at
    assert event.details == {"name": "Yi Sang", "version": 1}


async def test_an_author_that_breaks_a_rule_is_not_created(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    before = await fakes.state()

    with pytest.raises(InvalidValue):
        await catalogue.create_author(details_of(" "))

    assert await fakes.state() == before


async def test_an_author_that_is_not_there_is_not_found(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound) as caught:
        await catalogue.get_author(NOBODY)

    assert (caught.value.kind, caught.value.identifier) == ("author", NOBODY)


async def test_authors_are_listed_in_pages_from_the_oldest(catalogue: Catalogue) -> None:
    authors = [await catalogue.create_author(details_of(name)) for name in "edcba"]

    first = await catalogue.list_authors(PageRequest(limit=2))
    second = await catalogue.list_authors(PageRequest(limit=2, after=first.next_after))
    third = await catalogue.list_authors(PageRequest(limit=2, after=second.next_after))

    assert [*first.items, *second.items, *third.items] == authors
    assert third.next_after is None


async def test_a_change_of_some_details_keeps_the_others(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    author = await catalogue.create_author(FULL)
    fakes.clock.advance(timedelta(hours=1))

    changed = await catalogue.change_author(author.id, {"name": "李箱", "biography": None})

    assert (changed.name, changed.biography) == ("李箱", None)
    assert (changed.born_on, changed.died_on) == (author.born_on, author.died_on)
    assert changed.version == 2
    assert changed.created_at == author.created_at
    assert changed.updated_at == author.updated_at + timedelta(hours=1)
    assert await fakes.authors() == [changed]


async def test_a_change_leaves_one_event_with_the_fields_that_differ(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    author = await catalogue.create_author(FULL)
    fakes.clock.advance(timedelta(hours=1))

    await catalogue.change_author(
        author.id, {"name": FULL["name"], "born_on": date(1910, 9, 14), "died_on": None}
    )

    created, changed = await fakes.pending()
    assert changed.id > created.id
    assert changed.kind == "author.changed"
    assert changed.subject == str(author.id)
    assert changed.occurred_at == fakes.clock.now()
    assert changed.details == {"fields": ["born_on", "died_on"], "version": 2}


@pytest.mark.parametrize("changes", [{}, {"name": "Yi Sang"}, {**FULL}])
async def test_a_change_to_what_is_already_makes_no_version_and_no_event(
    fakes: Fakes, catalogue: Catalogue, changes: AuthorChanges
) -> None:
    author = await catalogue.create_author(FULL)
    before = await fakes.state()
    fakes.clock.advance(timedelta(hours=1))

    assert await catalogue.change_author(author.id, changes) == author

    assert await fakes.state() == before


async def test_a_repeated_change_is_made_once(fakes: Fakes, catalogue: Catalogue) -> None:
    author = await catalogue.create_author(FULL)

    changed = [await catalogue.change_author(author.id, {"name": "李箱"}) for _ in range(3)]

    assert [author.version for author in changed] == [2, 2, 2]
    assert len(await fakes.pending()) == 2


async def test_a_replacement_sets_all_details(fakes: Fakes, catalogue: Catalogue) -> None:
    author = await catalogue.create_author(FULL)

    replaced = await catalogue.replace_author(author.id, details_of("李箱"))

    assert (replaced.name, replaced.version) == ("李箱", 2)
    assert (replaced.biography, replaced.born_on, replaced.died_on) == (None, None, None)
    event = await last_event(fakes)
    assert event.details["fields"] == ["name", "biography", "born_on", "died_on"]


async def test_a_rule_holds_for_what_a_change_makes_together_with_the_rest(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    author = await catalogue.create_author(FULL)
    before = await fakes.state()

    with pytest.raises(InvalidValue, match="died_on"):
        await catalogue.change_author(author.id, {"born_on": date(1940, 1, 1)})

    assert await fakes.state() == before


async def test_a_deleted_author_is_absent_for_everybody(fakes: Fakes, catalogue: Catalogue) -> None:
    kept = await catalogue.create_author(details_of("kept"))
    deleted = await catalogue.create_author(details_of("deleted"))

    await catalogue.delete_author(deleted.id)

    with pytest.raises(NotFound):
        await catalogue.get_author(deleted.id)
    with pytest.raises(NotFound):
        await catalogue.change_author(deleted.id, {"name": "x"})
    with pytest.raises(NotFound):
        await catalogue.replace_author(deleted.id, FULL)
    assert await fakes.authors() == [kept]


async def test_a_deletion_leaves_one_event_with_the_name_that_was(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    author = await catalogue.create_author(FULL)
    await catalogue.change_author(author.id, {"name": "李箱"})
    fakes.clock.advance(timedelta(hours=1))

    await catalogue.delete_author(author.id)

    _, _, deleted = await fakes.pending()
    assert deleted.kind == "author.deleted"
    assert deleted.subject == str(author.id)
    assert deleted.occurred_at == fakes.clock.now()
    assert deleted.details == {"name": "李箱", "version": 2}


async def test_a_second_deletion_finds_nothing_and_leaves_no_event(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    author = await catalogue.create_author(FULL)
    await catalogue.delete_author(author.id)
    before = await fakes.state()

    with pytest.raises(NotFound):
        await catalogue.delete_author(author.id)

    assert await fakes.state() == before


async def test_nothing_is_changed_of_an_author_that_is_not_there(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    before = await fakes.state()

    with pytest.raises(NotFound):
        await catalogue.change_author(NOBODY, {"name": "x"})
    with pytest.raises(NotFound):
        await catalogue.delete_author(NOBODY)

    assert await fakes.state() == before


async def test_a_unit_that_fails_leaves_neither_change_nor_event(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    author = await catalogue.create_author(FULL)
    before = await fakes.state()
    fakes.unit_of_work.before_commit = raising(StoreUnavailable("MySQL", "gone"))

    for attempt in (
        catalogue.create_author(FULL),
        catalogue.change_author(author.id, {"name": "x"}),
        catalogue.replace_author(author.id, details_of("x")),
        catalogue.delete_author(author.id),
    ):
        with pytest.raises(StoreUnavailable):
            await attempt

    assert await fakes.state() == before


async def test_a_unit_that_runs_again_after_a_deadlock_has_its_effect_once(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    fakes.unit_of_work.aborts = True

    author = await catalogue.create_author(FULL)
    changed = await catalogue.change_author(author.id, {"name": "李箱"})
    assert await fakes.authors() == [changed]
    await catalogue.delete_author(author.id)

    assert [(event.kind, event.details["version"]) for event in await fakes.pending()] == [
        ("author.created", 1),
        ("author.changed", 2),
        ("author.deleted", 2),
    ]


@pytest.mark.parametrize("expected", [None, frozenset({2}), frozenset({1, 2, 9})])
async def test_an_author_at_a_version_that_is_expected_is_changed(
    catalogue: Catalogue, expected: frozenset[int] | None
) -> None:
    author = await catalogue.create_author(details_of("1"))
    await catalogue.change_author(author.id, {"name": "2"})

    changed = await catalogue.change_author(author.id, {"name": "3"}, expected)
    replaced = await catalogue.replace_author(author.id, FULL, frozenset({3}))
    await catalogue.delete_author(author.id, frozenset({4}))

    assert (changed.version, replaced.version) == (3, 4)
    with pytest.raises(NotFound):
        await catalogue.get_author(author.id)


@pytest.mark.parametrize("expected", [frozenset(), frozenset({1}), frozenset({1, 3})])
async def test_an_author_at_another_version_than_expected_stays_as_it_is(
    fakes: Fakes, catalogue: Catalogue, expected: frozenset[int]
) -> None:
    author = await catalogue.create_author(details_of("1"))
    await catalogue.change_author(author.id, {"name": "2"})
    before = await fakes.state()

    for attempt in (
        catalogue.change_author(author.id, {"name": "2"}, expected),
        catalogue.replace_author(author.id, FULL, expected),
        catalogue.delete_author(author.id, expected),
    ):
        with pytest.raises(StaleVersion) as caught:
            await attempt
        stale = caught.value
        assert (stale.kind, stale.identifier, stale.version) == ("author", author.id, 2)

    assert await fakes.state() == before


async def test_what_is_not_there_is_not_found_whatever_is_expected(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound):
        await catalogue.change_author(NOBODY, {"name": "x"}, frozenset({1}))


async def test_a_purge_removes_in_batches_what_was_deleted_before_then(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    authors = [await catalogue.create_author(details_of(name)) for name in "abcdef"]
    for author in authors[:5]:
        await catalogue.delete_author(author.id)
    fakes.clock.advance(timedelta(days=1))
    await catalogue.delete_author(authors[5].id)

    assert await catalogue.purge_authors(fakes.clock.now(), batch_size=2) == 5
    assert await catalogue.purge_authors(fakes.clock.now(), batch_size=2) == 0
