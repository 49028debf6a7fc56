"""Reads of one author go through the cache, and no change leaves an old value in it."""

import asyncio

import pytest

from adapters.memory.identifiers import SequentialIdentifiers
from domain.catalogue.entities import Author
from domain.catalogue.use_cases import Catalogue
from domain.errors import NotFound, OutcomeUnknown, StoreUnavailable
from tests.unit.fakes import Fakes, Held, details_of, raising

NEW_NAME = {"name": "new"}


@pytest.fixture
async def cached(catalogue: Catalogue) -> Author:
    """Give an author that the cache holds."""
    author = await catalogue.create_author(details_of("old"))
    return await catalogue.get_author(author.id)


async def is_cached(fakes: Fakes, author: Author) -> bool:
    async def absent() -> None:
        return None

    return await fakes.author_cache.fetch(author.id, absent) is not None


async def test_a_second_read_does_not_ask_the_store(
    fakes: Fakes, catalogue: Catalogue, cached: Author
) -> None:
    fakes.unit_of_work.after_read = raising(StoreUnavailable("MySQL", "gone"))

    assert await catalogue.get_author(cached.id) == cached


async def test_absence_is_not_cached(catalogue: Catalogue) -> None:
    coming_id = SequentialIdentifiers().new()
    with pytest.raises(NotFound):
        await catalogue.get_author(coming_id)

    author = await catalogue.create_author(details_of())

    assert author.id == coming_id
    assert await catalogue.get_author(coming_id) == author


@pytest.mark.parametrize("use_case", ["change_author", "replace_author"])
async def test_a_change_is_read_at_once(
    catalogue: Catalogue, cached: Author, use_case: str
) -> None:
    changed = await getattr(catalogue, use_case)(cached.id, details_of("new"))

    assert changed.name == "new"
    assert await catalogue.get_author(cached.id) == changed


async def test_a_deletion_is_read_at_once(catalogue: Catalogue, cached: Author) -> None:
    await catalogue.delete_author(cached.id)

    with pytest.raises(NotFound):
        await catalogue.get_author(cached.id)


async def test_the_cache_holds_the_old_value_until_the_commit(
    fakes: Fakes, catalogue: Catalogue, cached: Author
) -> None:
    """Dropped before, it could come back: a reader would load what is not yet changed."""
    seen_before_commit = []

    async def look() -> None:
        seen_before_commit.append(await is_cached(fakes, cached))

    fakes.unit_of_work.before_commit = look

    await catalogue.change_author(cached.id, NEW_NAME)

    assert seen_before_commit == [True]
    assert not await is_cached(fakes, cached)


@pytest.mark.parametrize("error", [OutcomeUnknown("MySQL", "lost"), ValueError("a bug")])
async def test_a_change_whose_commit_lost_its_answer_is_read_at_once(
    fakes: Fakes, catalogue: Catalogue, cached: Author, error: Exception
) -> None:
    fakes.unit_of_work.after_commit = raising(error)

    with pytest.raises(type(error)):
        await catalogue.change_author(cached.id, NEW_NAME)

    assert (await catalogue.get_author(cached.id)).name == "new"


async def test_a_deletion_whose_commit_lost_its_answer_is_read_at_once(
    fakes: Fakes, catalogue: Catalogue, cached: Author
) -> None:
    fakes.unit_of_work.after_commit = raising(OutcomeUnknown("MySQL", "lost"))

    with pytest.raises(OutcomeUnknown):
        await catalogue.delete_author(cached.id)

    with pytest.raises(NotFound):
        await catalogue.get_author(cached.id)


async def test_a_failed_change_drops_the_value_too(
    fakes: Fakes, catalogue: Catalogue, cached: Author
) -> None:
    fakes.unit_of_work.before_commit = raising(StoreUnavailable("MySQL", "gone"))

    with pytest.raises(StoreUnavailable):
        await catalogue.change_author(cached.id, NEW_NAME)

    assert not await is_cached(fakes, cached)
    assert await catalogue.get_author(cached.id) == cached


@pytest.mark.parametrize("use_case", ["change_author", "delete_author"])
async def test_a_change_that_is_cancelled_behind_its_commit_drops_the_value(
    fakes: Fakes, catalogue: Catalogue, cached: Author, use_case: str
) -> None:
    fakes.unit_of_work.after_commit = held = Held()
    arguments = [cached.id] if use_case == "delete_author" else [cached.id, NEW_NAME]
    change = asyncio.create_task(getattr(catalogue, use_case)(*arguments))
    await held.begun.wait()

    change.cancel()
    with pytest.raises(asyncio.CancelledError):
        await change

    assert not await is_cached(fakes, cached)


async def test_a_slow_reader_does_not_put_an_old_value_back(
    fakes: Fakes, catalogue: Catalogue
) -> None:
    author = await catalogue.create_author(details_of("old"))
    fakes.unit_of_work.after_read = held = Held()
    reader = asyncio.create_task(catalogue.get_author(author.id))
    await held.begun.wait()
    changed = await catalogue.change_author(author.id, NEW_NAME)
    held.go_on.set()

    assert await reader == author
    assert await catalogue.get_author(author.id) == changed


async def test_what_changes_elsewhere_shows_when_the_value_is_dropped(
    fakes: Fakes, catalogue: Catalogue, cached: Author
) -> None:
    elsewhere = Fakes(clock=fakes.clock, unit_of_work=fakes.unit_of_work).use_cases()
    changed = await elsewhere.catalogue.change_author(cached.id, NEW_NAME)
    assert await catalogue.get_author(cached.id) == cached

    await fakes.author_cache.forget(cached.id)

    assert await catalogue.get_author(cached.id) == changed
