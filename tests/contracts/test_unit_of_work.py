"""The contract of domain.ports.UnitOfWork."""

import asyncio
from dataclasses import replace

import pytest

from domain.catalogue.queries import AuthorQuery
from domain.pagination import PageRequest
from tests.contracts.conftest import AnyStores, AnyUnitOfWork
from tests.contracts.test_authors import add, get, make_author
from tests.contracts.test_outbox import make_event


async def test_a_unit_gives_its_result(unit_of_work: AnyUnitOfWork) -> None:
    async def count(stores: AnyStores) -> int:
        return len((await stores.authors.list(PageRequest(10), AuthorQuery())).items)

    assert await unit_of_work.run(count) == 0
    assert await unit_of_work.read(count) == 0


async def test_an_exception_undoes_all_of_the_unit(unit_of_work: AnyUnitOfWork) -> None:
    kept, undone = make_author(), make_author()
    await add(unit_of_work, kept)

    async def change_and_fail(stores: AnyStores) -> None:
        await stores.authors.save(replace(kept, name="changed", version=2))
        await stores.authors.add(undone)
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        await unit_of_work.run(change_and_fail)
    assert await get(unit_of_work, kept.id) == kept
    assert await get(unit_of_work, undone.id) is None


async def test_a_cancellation_undoes_all_of_the_unit(unit_of_work: AnyUnitOfWork) -> None:
    author = make_author()
    added = asyncio.Event()

    async def add_and_wait(stores: AnyStores) -> None:
        await stores.authors.add(author)
        added.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(unit_of_work.run(add_and_wait))
    await added.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await get(unit_of_work, author.id) is None
    # The next unit is not held up by what the cancelled one had locked.
    await add(unit_of_work, author)


async def test_nobody_sees_a_unit_before_its_commit(unit_of_work: AnyUnitOfWork) -> None:
    author = make_author()

    async def add_and_look(stores: AnyStores) -> None:
        await stores.authors.add(author)
        assert await get(unit_of_work, author.id) is None
        assert await stores.authors.get(author.id) == author

    await unit_of_work.run(add_and_look)
    assert await get(unit_of_work, author.id) == author


async def test_no_change_is_lost_between_units_at_once(unit_of_work: AnyUnitOfWork) -> None:
    author = make_author()
    await add(unit_of_work, author)

    async def increment(stores: AnyStores) -> None:
        found = await stores.authors.get_for_change(author.id)
        assert found is not None
        await stores.authors.save(replace(found, version=found.version + 1))

    await asyncio.gather(*(unit_of_work.run(increment) for _ in range(20)))
    found = await get(unit_of_work, author.id)
    assert found is not None
    assert found.version == 21


async def test_events_are_told_after_their_commit_only(
    unit_of_work: AnyUnitOfWork, events_seen: list[str]
) -> None:
    async def add_event(stores: AnyStores) -> None:
        await stores.outbox.add(make_event())
        assert events_seen == []

    async def add_event_and_fail(stores: AnyStores) -> None:
        await stores.outbox.add(make_event())
        raise LookupError

    await add(unit_of_work, make_author())
    with pytest.raises(LookupError):
        await unit_of_work.run(add_event_and_fail)
    assert events_seen == []
    await unit_of_work.run(add_event)
    assert events_seen == ["told"]
