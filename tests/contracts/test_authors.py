"""The contract of domain.catalogue.ports.Authors."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.catalogue.entities import BIOGRAPHY_MAX_LENGTH, NAME_MAX_LENGTH, Author
from domain.catalogue.queries import AuthorQuery
from domain.errors import Conflict
from domain.pagination import PageRequest
from tests.contracts.conftest import AnyUnitOfWork

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
QUERY = AuthorQuery()
REQUEST = PageRequest(100)


def make_author(**values: object) -> Author:
    author = Author(
        id=uuid7(),
        name="한강",
        biography=None,
        born_on=date(1970, 11, 27),
        died_on=None,
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(author, **values)


async def add(unit_of_work: AnyUnitOfWork, *authors: Author) -> None:
    for author in authors:
        await unit_of_work.run(lambda stores, author=author: stores.authors.add(author))


async def get(unit_of_work: AnyUnitOfWork, author_id: UUID) -> Author | None:
    return await unit_of_work.read(lambda stores: stores.authors.get(author_id))


async def listed(
    unit_of_work: AnyUnitOfWork, query: AuthorQuery = QUERY, request: PageRequest = REQUEST
) -> list[Author]:
    page = await unit_of_work.read(lambda stores: stores.authors.list(request, query))
    return [*page.items]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "a" * NAME_MAX_LENGTH},
        {"name": "🙂" * NAME_MAX_LENGTH},
        {"name": 'O\'Brien \\ "%s" %(id)s :id {x} -- ; 🙂'},
        {"biography": "전기\n\t" + "글" * (BIOGRAPHY_MAX_LENGTH - 4)},
        {"biography": ""},
        {"born_on": date.min, "died_on": date.max},
        {"created_at": NOW.replace(microsecond=0), "updated_at": NOW.replace(microsecond=1)},
        {"version": 2**31},
    ],
    ids=["plain", "long", "astral", "quotes", "text", "empty", "dates", "times", "version"],
)
async def test_an_author_comes_back_as_it_was(
    unit_of_work: AnyUnitOfWork, values: dict[str, object]
) -> None:
    author = make_author(**values)
    await add(unit_of_work, author)
    assert await get(unit_of_work, author.id) == author


async def test_an_absent_author_is_none(unit_of_work: AnyUnitOfWork) -> None:
    assert await get(unit_of_work, uuid7()) is None
    assert await unit_of_work.run(lambda stores: stores.authors.get_for_change(uuid7())) is None


async def test_an_id_is_taken_once(unit_of_work: AnyUnitOfWork) -> None:
    author = make_author()
    await add(unit_of_work, author)
    with pytest.raises(Conflict):
        await add(unit_of_work, replace(author, name="another"))
    assert await get(unit_of_work, author.id) == author


async def test_saving_replaces_the_version_before(unit_of_work: AnyUnitOfWork) -> None:
    author = make_author()
    await add(unit_of_work, author)
    changed = replace(
        author, name="Han", born_on=None, version=2, updated_at=NOW + timedelta(seconds=1)
    )
    await unit_of_work.run(lambda stores: stores.authors.save(changed))
    assert await get(unit_of_work, author.id) == changed


@pytest.mark.parametrize("version", [1, 3])
async def test_saving_any_other_version_is_a_conflict(
    unit_of_work: AnyUnitOfWork, version: int
) -> None:
    author = make_author()
    await add(unit_of_work, author)
    with pytest.raises(Conflict):
        await unit_of_work.run(lambda stores: stores.authors.save(replace(author, version=version)))
    assert await get(unit_of_work, author.id) == author


async def test_a_deleted_author_is_absent_everywhere(unit_of_work: AnyUnitOfWork) -> None:
    author = make_author()
    await add(unit_of_work, author)
    await unit_of_work.run(lambda stores: stores.authors.delete(author.id, NOW))
    assert await get(unit_of_work, author.id) is None
    assert await unit_of_work.run(lambda stores: stores.authors.get_for_change(author.id)) is None
    assert await listed(unit_of_work) == []
    with pytest.raises(Conflict):
        await unit_of_work.run(lambda stores: stores.authors.save(replace(author, version=2)))


async def test_deleting_what_is_absent_changes_nothing(unit_of_work: AnyUnitOfWork) -> None:
    author = make_author()
    await add(unit_of_work, author)
    await unit_of_work.run(lambda stores: stores.authors.delete(uuid7(), NOW))
    assert await get(unit_of_work, author.id) == author


async def test_a_purge_removes_the_first_deleted_and_no_others(unit_of_work: AnyUnitOfWork) -> None:
    authors = [make_author() for _ in range(4)]
    await add(unit_of_work, *authors)
    for hours, author in enumerate(authors[:3]):
        at = NOW + timedelta(hours=hours)
        await unit_of_work.run(
            lambda stores, author=author, at=at: stores.authors.delete(author.id, at)
        )
    before = NOW + timedelta(hours=2)
    for expected in (1, 1, 0):
        assert await unit_of_work.run(lambda stores: stores.authors.purge(before, 1)) == expected
    # What was purged is gone for good, so its id is free; what was deleted keeps its own.
    await add(unit_of_work, authors[0])
    with pytest.raises(Conflict):
        await add(unit_of_work, authors[2])
    assert await get(unit_of_work, authors[3].id) == authors[3]
