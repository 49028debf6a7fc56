"""Use-cases at once over every unit of work: no change is lost, and no rule is got around."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import timedelta

import pytest

from adapters.memory.uncached import Uncached
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UUID7Identifiers
from domain.catalogue.entities import Author
from domain.catalogue.errors import AuthorHasBooks, IsbnTaken
from domain.catalogue.use_cases import Catalogue
from domain.errors import Conflict, InvalidBatch, InvalidValue, NotFound, StaleVersion
from domain.pagination import PageRequest
from tests.contracts.conftest import AnyUnitOfWork
from tests.unit.fakes import book_of, details_of

ISBN = "9788936434120"

# More would wait for one of the pool's connections for longer than they may.
AT_ONCE = 10


@pytest.fixture
def catalogue(unit_of_work: AnyUnitOfWork) -> Catalogue:
    return Catalogue(unit_of_work, Uncached(), Uncached(), SystemClock(), UUID7Identifiers())


async def outcomes(*attempts: Awaitable[object]) -> list[object]:
    """Run attempts, AT_ONCE of them together; give the result or the domain's error of each."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(attempt: Awaitable[object]) -> object:
        async with places:
            try:
                return await attempt
            except (Conflict, InvalidBatch, InvalidValue, NotFound, StaleVersion) as error:
                return error

    return await asyncio.gather(*(one(attempt) for attempt in attempts))


async def test_no_increment_by_an_expected_version_is_lost(catalogue: Catalogue) -> None:
    author = await catalogue.create_author(details_of("0"))

    async def increment() -> Author:
        while True:
            read = await catalogue.get_author(author.id)
            changes = {"name": str(int(read.name) + 1)}
            with suppress(StaleVersion):
                return await catalogue.change_author(author.id, changes, frozenset({read.version}))

    made = await outcomes(*(increment() for _ in range(50)))

    changed = await catalogue.get_author(author.id)
    assert (changed.name, changed.version) == ("50", 51)
    assert sorted(int(it.name) for it in made) == list(range(1, 51))


async def test_of_those_who_ask_for_one_isbn_one_gets_it(catalogue: Catalogue) -> None:
    author = await catalogue.create_author(details_of())

    found = await outcomes(
        *(catalogue.create_book(book_of(str(n), author.id, isbn=ISBN)) for n in range(50))
    )

    books = (await catalogue.list_books(PageRequest(100))).items
    assert [it for it in found if not isinstance(it, IsbnTaken)] == [*books]
    assert len(books) == 1


async def test_of_batches_that_ask_for_one_isbn_one_is_made(catalogue: Catalogue) -> None:
    author = await catalogue.create_author(details_of())
    batch = [book_of("first", author.id), book_of("second", author.id, isbn=ISBN)]

    found = await outcomes(*(catalogue.create_books(batch) for _ in range(20)))

    refused = [it for it in found if isinstance(it, InvalidBatch)]
    assert len(refused) == 19
    assert all(list(it.faults) == [1] for it in refused)
    assert all(isinstance(it.faults[1], IsbnTaken) for it in refused)
    assert len((await catalogue.list_books(PageRequest(100))).items) == 2


async def test_an_author_who_gets_a_book_is_not_deleted_and_one_who_is_gets_none(
    catalogue: Catalogue,
) -> None:
    for _ in range(20):
        authors = [await catalogue.create_author(details_of(name)) for name in "abc"]
        ids = [author.id for author in authors]

        results = await outcomes(
            catalogue.create_book(book_of("one", *ids)),
            catalogue.delete_author(ids[0]),
            catalogue.create_books([book_of("two", *ids[::-1]), book_of("three", ids[1])]),
            catalogue.delete_author(ids[2]),
            catalogue.delete_author(ids[1]),
        )

        expected = (AuthorHasBooks, InvalidValue, InvalidBatch)
        assert all(isinstance(it, expected) for it in results if isinstance(it, Exception))
        for author_id in ids:
            books = (await catalogue.list_books(PageRequest(9))).items
            named = [book for book in books if author_id in book.author_ids]
            try:
                await catalogue.get_author(author_id)
            except NotFound:
                assert named == []


async def test_a_book_that_changes_its_authors_holds_the_new_ones(catalogue: Catalogue) -> None:
    for _ in range(20):
        one = await catalogue.create_author(details_of())
        other = await catalogue.create_author(details_of())
        book = await catalogue.create_book(book_of("book", one.id))

        await outcomes(
            catalogue.change_book(book.id, {"author_ids": [other.id]}),
            catalogue.delete_author(other.id),
            catalogue.delete_author(one.id),
        )

        for author_id in (await catalogue.get_book(book.id)).author_ids:
            assert await catalogue.get_author(author_id)


async def test_a_reader_never_sees_two_versions_of_a_book_mixed(catalogue: Catalogue) -> None:
    authors = [await catalogue.create_author(details_of(str(n))) for n in range(4)]
    ids = [author.id for author in authors]
    book = await catalogue.create_book(book_of("1", ids[1]))

    async def change() -> None:
        for version in range(2, 30):
            changes = {"title": str(version), "author_ids": [ids[version % 4]]}
            await catalogue.change_book(book.id, changes)

    async def read() -> None:
        for _ in range(60):
            read = await catalogue.get_book(book.id)
            assert (read.title, read.author_ids) == (str(read.version), (ids[read.version % 4],))

    await asyncio.gather(change(), read(), read())


async def test_what_was_purged_of_books_and_authors_is_gone(catalogue: Catalogue) -> None:
    author = await catalogue.create_author(details_of())
    book = await catalogue.create_book(book_of("book", author.id, isbn=ISBN))
    await catalogue.delete_book(book.id)
    await catalogue.delete_author(author.id)
    later = SystemClock().now() + timedelta(days=1)

    # In any order: a book that was deleted holds no author.
    assert await catalogue.purge_authors(later) == 1
    assert await catalogue.purge_books(later) == 1
    assert await catalogue.purge_books(later) == 0
