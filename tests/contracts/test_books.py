"""The contract of domain.catalogue.ports.Books."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.catalogue.entities import MAX_AUTHORS, TITLE_MAX_LENGTH, Book
from domain.catalogue.errors import IsbnTaken
from domain.catalogue.queries import BookQuery
from domain.catalogue.values import MAX_AMOUNT, Price
from domain.errors import Conflict
from domain.pagination import PageRequest
from tests.contracts.conftest import AnyUnitOfWork

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
SOMEBODY = uuid7()

ISBN = "9788936434120"
OTHER_ISBN = "9780306406157"


def make_book(**values: object) -> Book:
    book = Book(
        id=uuid7(),
        title="채식주의자",
        isbn=None,
        published_on=date(2007, 10, 30),
        language="ko",
        price=Price(12_000, "KRW"),
        author_ids=(SOMEBODY,),
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(book, **values)


async def add(unit_of_work: AnyUnitOfWork, *books: Book) -> None:
    await unit_of_work.run(lambda stores: stores.books.add(books))


async def get(unit_of_work: AnyUnitOfWork, book_id: UUID) -> Book | None:
    return await unit_of_work.read(lambda stores: stores.books.get(book_id))


async def save(unit_of_work: AnyUnitOfWork, book: Book) -> None:
    await unit_of_work.run(lambda stores: stores.books.save(book))


async def delete(unit_of_work: AnyUnitOfWork, book: Book, at: datetime = NOW) -> None:
    await unit_of_work.run(lambda stores: stores.books.delete(book.id, at))


async def listed(unit_of_work: AnyUnitOfWork, **asked: object) -> list[Book]:
    query, request = BookQuery(**asked), PageRequest(100)
    page = await unit_of_work.read(lambda stores: stores.books.list(request, query))
    return [*page.items]


async def count_by(unit_of_work: AnyUnitOfWork, author_id: UUID) -> int:
    return await unit_of_work.read(lambda stores: stores.books.count_by(author_id))


async def taken(unit_of_work: AnyUnitOfWork, *isbns: str) -> frozenset[str]:
    return await unit_of_work.read(lambda stores: stores.books.taken(isbns))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"title": "🙂" * TITLE_MAX_LENGTH},
        {"title": "ﷺ" * TITLE_MAX_LENGTH},
        {"title": 'O\'Brien \\ "%s" %(id)s :id {x} -- ; 🙂'},
        {"isbn": ISBN, "published_on": date.min, "language": "zh-Hant-TW"},
        {"published_on": None, "language": None, "price": None},
        {"price": Price(MAX_AMOUNT, "USD")},
        {"price": Price(0, "USD")},
        {"author_ids": tuple(uuid7() for _ in range(MAX_AUTHORS))[::-1]},
        {"version": 2**31, "updated_at": LATER},
    ],
    ids=[
        "plain",
        "astral",
        "expanding",
        "quotes",
        "isbn",
        "none",
        "dear",
        "free",
        "authors",
        "version",
    ],
)
async def test_a_book_comes_back_as_it_was(
    unit_of_work: AnyUnitOfWork, values: dict[str, object]
) -> None:
    book = make_book(**values)

    await add(unit_of_work, book)

    assert await get(unit_of_work, book.id) == book
    assert await unit_of_work.run(lambda stores: stores.books.get_for_change(book.id)) == book
    assert await listed(unit_of_work) == [book]


async def test_an_absent_book_is_none(unit_of_work: AnyUnitOfWork) -> None:
    assert await get(unit_of_work, uuid7()) is None
    assert await unit_of_work.run(lambda stores: stores.books.get_for_change(uuid7())) is None


async def test_many_books_are_added_at_once(unit_of_work: AnyUnitOfWork) -> None:
    books = [make_book(title=f"Part {number}") for number in range(100)]

    await add(unit_of_work, *books)

    assert await listed(unit_of_work) == books


async def test_an_id_is_taken_once(unit_of_work: AnyUnitOfWork) -> None:
    book = make_book(isbn=ISBN)
    await add(unit_of_work, book)

    for again in (book, replace(book, isbn=None), replace(book, isbn=OTHER_ISBN)):
        with pytest.raises(Conflict) as caught:
            await add(unit_of_work, again)
        assert not isinstance(caught.value, IsbnTaken) or again is book

    assert await listed(unit_of_work) == [book]


async def test_an_isbn_is_taken_once(unit_of_work: AnyUnitOfWork) -> None:
    book, other = make_book(isbn=ISBN), make_book(isbn=OTHER_ISBN)
    await add(unit_of_work, book, other)

    with pytest.raises(IsbnTaken, match=ISBN) as caught:
        await add(unit_of_work, make_book(isbn="9791190090018"), make_book(isbn=ISBN))
    assert caught.value.isbn == ISBN
    with pytest.raises(IsbnTaken, match=ISBN):
        await save(unit_of_work, replace(other, isbn=ISBN, version=2))

    assert await listed(unit_of_work) == [book, other]
    assert await taken(unit_of_work, ISBN, OTHER_ISBN, "9791190090018") == {ISBN, OTHER_ISBN}
    assert await taken(unit_of_work) == frozenset()


async def test_two_new_books_do_not_share_an_isbn(unit_of_work: AnyUnitOfWork) -> None:
    with pytest.raises(IsbnTaken, match=ISBN):
        await add(unit_of_work, make_book(), make_book(isbn=ISBN), make_book(isbn=ISBN))

    assert await listed(unit_of_work) == []


async def test_books_without_an_isbn_are_in_nobodys_way(unit_of_work: AnyUnitOfWork) -> None:
    books = [make_book(), make_book()]

    await add(unit_of_work, *books)

    assert await listed(unit_of_work) == books


async def test_saving_replaces_the_version_before(unit_of_work: AnyUnitOfWork) -> None:
    one, other = uuid7(), uuid7()
    book = make_book(isbn=ISBN, title="old words", author_ids=(one, SOMEBODY))
    await add(unit_of_work, book)
    changed = replace(
        book,
        title="new words",
        price=None,
        author_ids=(other, one),
        version=2,
        updated_at=LATER,
    )

    await save(unit_of_work, changed)

    assert await get(unit_of_work, book.id) == changed
    assert await listed(unit_of_work, search="new word") == [changed]
    assert await listed(unit_of_work, search="old") == []
    assert await listed(unit_of_work, author_id=other) == [changed]
    assert await listed(unit_of_work, author_id=SOMEBODY) == []
    assert [await count_by(unit_of_work, it) for it in (one, other, SOMEBODY)] == [1, 1, 0]


@pytest.mark.parametrize("version", [1, 3])
async def test_saving_any_other_version_is_a_conflict(
    unit_of_work: AnyUnitOfWork, version: int
) -> None:
    book = make_book()
    await add(unit_of_work, book)

    with pytest.raises(Conflict):
        await save(unit_of_work, replace(book, version=version))

    assert await get(unit_of_work, book.id) == book


async def test_a_deleted_book_is_absent_everywhere(unit_of_work: AnyUnitOfWork) -> None:
    book = make_book(isbn=ISBN)
    await add(unit_of_work, book)

    await delete(unit_of_work, book)

    assert await get(unit_of_work, book.id) is None
    assert await unit_of_work.run(lambda stores: stores.books.get_for_change(book.id)) is None
    assert await listed(unit_of_work) == []
    assert await listed(unit_of_work, search="채식") == []
    assert await listed(unit_of_work, author_id=SOMEBODY) == []
    assert await count_by(unit_of_work, SOMEBODY) == 0
    with pytest.raises(Conflict):
        await save(unit_of_work, replace(book, version=2))


async def test_the_isbn_of_a_deleted_book_is_free(unit_of_work: AnyUnitOfWork) -> None:
    for _ in range(3):
        book = make_book(isbn=ISBN)
        await add(unit_of_work, book)
        await delete(unit_of_work, book)

    assert await taken(unit_of_work, ISBN) == frozenset()
    await add(unit_of_work, make_book(isbn=ISBN))
    assert await taken(unit_of_work, ISBN) == {ISBN}


async def test_deleting_what_is_absent_changes_nothing(unit_of_work: AnyUnitOfWork) -> None:
    book = make_book()
    await add(unit_of_work, book)

    await delete(unit_of_work, make_book())

    assert await listed(unit_of_work) == [book]


async def test_books_are_chosen_by_what_is_asked(unit_of_work: AnyUnitOfWork) -> None:
    one, other = uuid7(), uuid7()
    first = make_book(author_ids=(one,), language="ko", published_on=date(2001, 1, 1))
    second = make_book(author_ids=(other, one), language="en-GB", published_on=date(2002, 1, 1))
    third = make_book(author_ids=(other,), language=None, published_on=None)
    await add(unit_of_work, first, second, third)

    expected: list[tuple[dict[str, object], list[Book]]] = [
        ({}, [first, second, third]),
        ({"author_id": one}, [first, second]),
        ({"author_id": other, "descending": True}, [third, second]),
        ({"author_id": uuid7()}, []),
        ({"language": "EN-gb"}, [second]),
        ({"language": "en"}, []),
        ({"published_from": date(2001, 1, 1)}, [first, second]),
        ({"published_from": date(2001, 1, 2)}, [second]),
        ({"published_to": date(2001, 1, 1)}, [first]),
        ({"published_from": date(2001, 1, 2), "published_to": date(2001, 12, 31)}, []),
        ({"author_id": one, "language": "ko", "search": "채"}, [first]),
    ]
    for asked, books in expected:
        assert await listed(unit_of_work, **asked) == books, asked


async def test_a_purge_removes_the_first_deleted_and_no_others(unit_of_work: AnyUnitOfWork) -> None:
    books = [make_book() for _ in range(4)]
    await add(unit_of_work, *books)
    for hours, book in enumerate(books[:3]):
        await delete(unit_of_work, book, NOW + timedelta(hours=hours))
    before = NOW + timedelta(hours=2)

    for expected in (1, 1, 0):
        assert await unit_of_work.run(lambda stores: stores.books.purge(before, 1)) == expected

    # What was purged is gone for good, so its id is free; what was deleted keeps its own.
    await add(unit_of_work, books[0])
    with pytest.raises(Conflict):
        await add(unit_of_work, books[2])
    assert await listed(unit_of_work) == [books[0], books[3]]
