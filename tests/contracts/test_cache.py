"""What every Cache does."""

import asyncio

import pytest
from uuid_utils.compat import uuid7

from domain.authentication.entities import Access, KeyAccess
from domain.catalogue.entities import Author
from domain.errors import NotFound
from domain.permissions import Permission, Role
from domain.ports import Cache
from tests.contracts.examples import NOW, Loader, SlowLoader, changed, new_author


async def test_a_value_is_loaded_once(cache: Cache[Author]) -> None:
    author = new_author()
    load = Loader(author)

    assert [await cache.fetch(author.id, load) for _ in range(3)] == [author] * 3

    assert load.calls == 1


async def test_each_identifier_has_its_own_value(cache: Cache[Author]) -> None:
    authors = [new_author(name="Ōe"), new_author(name="이상")]
    for author in authors:
        await cache.fetch(author.id, Loader(author))

    assert [await cache.fetch(author.id, Loader(None)) for author in authors] == authors


async def test_absence_is_not_kept(cache: Cache[Author]) -> None:
    author = new_author()

    assert await cache.fetch(author.id, Loader(None)) is None
    assert await cache.fetch(author.id, Loader(author)) == author
    assert await cache.fetch(author.id, Loader(None)) == author


async def test_what_load_raises_is_raised_and_not_kept(cache: Cache[Author]) -> None:
    author = new_author()
    raised = NotFound("author", author.id)

    async def fail() -> Author | None:
        raise raised

    with pytest.raises(NotFound) as caught:
        await cache.fetch(author.id, fail)

    assert caught.value is raised
    assert await cache.fetch(author.id, Loader(author)) == author
    assert await cache.fetch(author.id, Loader(None)) == author


async def test_a_forgotten_value_is_loaded_again(cache: Cache[Author]) -> None:
    old = new_author()
    new = changed(old)
    await cache.fetch(old.id, Loader(old))

    await cache.forget(old.id)

    assert await cache.fetch(old.id, Loader(new)) == new
    assert await cache.fetch(old.id, Loader(None)) == new


async def test_what_is_not_there_can_be_forgotten(cache: Cache[Author]) -> None:
    author = new_author()

    await cache.forget(author.id)

    assert await cache.fetch(author.id, Loader(author)) == author


async def test_forgetting_one_value_keeps_the_others(cache: Cache[Author]) -> None:
    kept, forgotten = new_author(), new_author()
    await cache.fetch(kept.id, Loader(kept))

    await cache.forget(forgotten.id)

    assert await cache.fetch(kept.id, Loader(None)) == kept


async def test_a_slow_reader_does_not_put_an_old_value_back(cache: Cache[Author]) -> None:
    old = new_author()
    new = changed(old)
    load = SlowLoader(old)
    reader = asyncio.create_task(cache.fetch(old.id, load))
    await load.begun.wait()

    await cache.forget(old.id)
    load.go_on.set()

    assert await reader == old
    assert await cache.fetch(old.id, Loader(new)) == new


async def test_a_slow_reader_does_not_replace_a_newer_value(cache: Cache[Author]) -> None:
    old = new_author()
    new = changed(old)
    load = SlowLoader(old)
    reader = asyncio.create_task(cache.fetch(old.id, load))
    await load.begun.wait()

    await cache.forget(old.id)
    assert await cache.fetch(old.id, Loader(new)) == new
    load.go_on.set()

    assert await reader == old
    assert await cache.fetch(old.id, Loader(None)) == new


async def test_a_slow_reader_does_not_replace_the_value_of_one_that_began_later(
    cache: Cache[Author],
) -> None:
    old = new_author()
    new = changed(old)
    early, late = SlowLoader(old), SlowLoader(new)
    early_reader = asyncio.create_task(cache.fetch(old.id, early))
    await early.begun.wait()
    await cache.forget(old.id)
    late_reader = asyncio.create_task(cache.fetch(old.id, late))
    await late.begun.wait()

    early.go_on.set()
    await early_reader
    late.go_on.set()
    await late_reader

    assert await cache.fetch(old.id, Loader(None)) == new


async def test_readers_at_once_all_get_the_value(cache: Cache[Author]) -> None:
    author = new_author()
    load = SlowLoader(author)
    readers = [asyncio.create_task(cache.fetch(author.id, load)) for _ in range(10)]
    await load.begun.wait()

    load.go_on.set()

    assert await asyncio.gather(*readers) == [author] * 10
    assert await cache.fetch(author.id, Loader(None)) == author


async def test_a_cancelled_reader_does_not_stop_the_next(cache: Cache[Author]) -> None:
    author = new_author()
    load = SlowLoader(author)
    reader = asyncio.create_task(cache.fetch(author.id, load))
    await load.begun.wait()

    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader

    assert await cache.fetch(author.id, Loader(author)) == author


async def test_what_decides_about_requests_is_kept_whole(access_cache: Cache[Access]) -> None:
    """It has bytes that are no text, and times and permissions under ids."""
    key = KeyAccess(
        secret_hash=bytes(range(224, 256)),
        permissions=frozenset(Permission),
        expires_at=None,
        last_used_at=NOW,
    )
    access = Access(
        account_id=uuid7(), role=Role.EDITOR, sessions={uuid7(): NOW}, keys={uuid7(): key}
    )

    async def load() -> Access | None:
        return access

    async def find_nothing() -> Access | None:
        return None

    assert await access_cache.fetch(access.account_id, load) == access
    assert await access_cache.fetch(access.account_id, find_nothing) == access
