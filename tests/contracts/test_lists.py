"""How authors and books are sorted, searched and paged, the same on every adapter."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.catalogue.entities import Author, Book
from domain.catalogue.queries import AuthorQuery, AuthorSort, BookQuery, BookSort
from domain.pagination import Page, PageRequest, Position
from domain.text import KEY_MAX_LENGTH, sort_key
from tests.contracts.conftest import AnyUnitOfWork
from tests.contracts.test_authors import NOW, make_author
from tests.contracts.test_authors import add as add_authors
from tests.contracts.test_books import add as add_books
from tests.contracts.test_books import make_book

# Each is at odds with the order or the equality that some collation or locale gives to text.
NAMES = [
    "zebra",
    "Zebra",
    "ÉMILE",
    "émile",
    "e\N{COMBINING ACUTE ACCENT}mile",
    "emile",
    "Émile ",
    "한강",
    "하",
    "한",
    "ㅎ",
    "강한",
    "李箱",
    "\N{CJK COMPATIBILITY IDEOGRAPH-F9E1}箱",  # A compatibility form of the same name.
    "Straße",
    "STRASSE",
    "ﬁn",
    "fin",
    "Ｈａｎ",  # noqa: RUF001 - its letters are wide ones.
    "han",
    "han kang",
    "han-kang",
    "han\tkang",
    "🙂",
    "🙂🙂",
    "\N{CJK COMPATIBILITY IDEOGRAPH-F900}",
    "\N{MATHEMATICAL BOLD CAPITAL A}",
    "İstanbul",
    "istanbul",
    "Ōe Kenzaburō",
    "a" * KEY_MAX_LENGTH + "z",
    "a" * KEY_MAX_LENGTH + "b",
    "100%",
    "1_0",
    "\\",
    "a",
    "a ",
    "a!",
    "\U0001faf0",
    "\uffee",
]

FetchPage = Callable[[PageRequest], Awaitable[Page[Author]]]


def pages_of(unit_of_work: AnyUnitOfWork, query: AuthorQuery) -> FetchPage:
    async def fetch(request: PageRequest) -> Page[Author]:
        return await unit_of_work.read(lambda stores: stores.authors.list(request, query))

    return fetch


async def all_pages(fetch: FetchPage, limit: int) -> list[Author]:
    """Follow the pages to the last."""
    found: list[Author] = []
    after: Position | None = None
    while True:
        page = await fetch(PageRequest(limit, after))
        assert len(page.items) == limit or page.next_after is None
        found += page.items
        after = page.next_after
        if after is None:
            return found


@pytest.fixture
async def authors(unit_of_work: AnyUnitOfWork) -> list[Author]:
    """Authors, each at odds with the others in what it is sorted by."""
    made = [
        # Some are changed at the same time.
        make_author(name=name, updated_at=NOW + timedelta(microseconds=number * 7 % 5))
        for number, name in enumerate(NAMES)
    ]
    await add_authors(unit_of_work, *made)
    return made


def names_of(authors: Sequence[Author]) -> list[str]:
    return [author.name for author in authors]


def expected_order(authors: Sequence[Author], sort: AuthorSort) -> list[Author]:
    keys: dict[AuthorSort, Callable[[Author], tuple[object, UUID]]] = {
        AuthorSort.CREATED_AT: lambda author: (0, author.id),
        AuthorSort.NAME: lambda author: (sort_key(author.name), author.id),
        AuthorSort.UPDATED_AT: lambda author: (author.updated_at, author.id),
    }
    return sorted(authors, key=keys[sort])


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", AuthorSort)
async def test_lists_have_one_order_in_pages_of_any_size(
    unit_of_work: AnyUnitOfWork, authors: list[Author], sort: AuthorSort, *, descending: bool
) -> None:
    expected = expected_order(authors, sort)[:: -1 if descending else 1]
    fetch = pages_of(unit_of_work, AuthorQuery(sort=sort, descending=descending))

    for limit in (1, 3, len(authors), 100):
        assert names_of(await all_pages(fetch, limit)) == names_of(expected)


async def test_names_are_sorted_by_code_points_without_case_or_form(
    unit_of_work: AnyUnitOfWork, authors: list[Author]
) -> None:
    fetch = pages_of(unit_of_work, AuthorQuery(sort=AuthorSort.NAME))

    names = names_of(await all_pages(fetch, 100))

    assert all(sort_key(one) <= sort_key(other) for one, other in pairwise(names))
    some = [name for name in names if name in {"emile", "fin", "zebra", "Zebra", "한", "하", "🙂"}]
    assert some == ["emile", "fin", "zebra", "Zebra", "하", "한", "🙂"]


async def test_books_have_one_order_in_pages_of_any_size(unit_of_work: AnyUnitOfWork) -> None:
    books = [
        make_book(title=name, updated_at=NOW + timedelta(microseconds=number * 7 % 5))
        for number, name in enumerate(NAMES)
    ]
    await add_books(unit_of_work, *books)
    keys: dict[BookSort, Callable[[Book], tuple[object, UUID]]] = {
        BookSort.CREATED_AT: lambda book: (0, book.id),
        BookSort.TITLE: lambda book: (sort_key(book.title), book.id),
        BookSort.UPDATED_AT: lambda book: (book.updated_at, book.id),
    }
    for sort, key in keys.items():
        for descending in (False, True):
            query = BookQuery(sort=sort, descending=descending)
            found: list[Book] = []
            request = PageRequest(7)
            while request:
                page = await unit_of_work.read(
                    lambda stores, request=request, query=query: stores.books.list(request, query)
                )
                found += page.items
                request = PageRequest(7, page.next_after) if page.next_after else None
            assert found == sorted(books, key=key, reverse=descending)


@pytest.mark.parametrize(
    "search, found",
    [
        ("zeb", {"zebra", "Zebra"}),
        ("EMILE", {"emile"}),
        ("émi", {"ÉMILE", "émile", "e\N{COMBINING ACUTE ACCENT}mile", "Émile "}),
        ("하", {"하"}),
        ("한", {"한강", "한"}),
        ("李", {"李箱", "\N{CJK COMPATIBILITY IDEOGRAPH-F9E1}箱"}),
        ("strass", {"Straße", "STRASSE"}),
        ("FI", {"ﬁn", "fin"}),
        ("han", {"Ｈａｎ", "han", "han kang", "han-kang", "han\tkang"}),  # noqa: RUF001
        ("kang ha", {"han kang", "han-kang", "han\tkang"}),
        ("1", {"100%", "1_0"}),
        ("0", {"1_0"}),
        ("a" * KEY_MAX_LENGTH, {"a" * KEY_MAX_LENGTH + "z", "a" * KEY_MAX_LENGTH + "b"}),
        ("nobody", set()),
        ("han nobody", set()),
    ],
)
async def test_a_search_finds_what_has_words_that_begin_with_each_of_its_own(
    unit_of_work: AnyUnitOfWork, authors: list[Author], search: str, found: set[str]
) -> None:
    for sort in AuthorSort:
        query = AuthorQuery(sort=sort, search=search)
        listed = await all_pages(pages_of(unit_of_work, query), 2)
        expected = expected_order([it for it in authors if it.name in found], sort)
        assert names_of(listed) == names_of(expected)


async def test_a_search_follows_a_change_of_the_name(unit_of_work: AnyUnitOfWork) -> None:
    author = make_author(name="before before")
    await add_authors(unit_of_work, author)
    renamed = replace(author, name="after", version=2)

    await unit_of_work.run(lambda stores: stores.authors.save(renamed))

    assert await all_pages(pages_of(unit_of_work, AuthorQuery(search="be")), 9) == []
    assert await all_pages(pages_of(unit_of_work, AuthorQuery(search="af")), 9) == [renamed]


async def test_what_was_deleted_is_not_found(
    unit_of_work: AnyUnitOfWork, authors: list[Author]
) -> None:
    deleted = next(author for author in authors if author.name == "한강")

    await unit_of_work.run(lambda stores: stores.authors.delete(deleted.id, NOW))

    found = await all_pages(pages_of(unit_of_work, AuthorQuery(search="한")), 9)
    assert names_of(found) == ["한"]


async def test_a_position_holds_when_its_item_is_gone(
    unit_of_work: AnyUnitOfWork, authors: list[Author]
) -> None:
    fetch = pages_of(unit_of_work, AuthorQuery(sort=AuthorSort.NAME))
    whole = await all_pages(fetch, 100)
    first = await fetch(PageRequest(5))

    await unit_of_work.run(lambda stores: stores.authors.delete(first.items[-1].id, NOW))

    assert first.next_after is not None
    rest = await fetch(PageRequest(100, first.next_after))
    assert [*rest.items] == whole[5:]


async def test_authors_are_held_if_they_are_there(unit_of_work: AnyUnitOfWork) -> None:
    present, deleted = make_author(), make_author()
    await add_authors(unit_of_work, present, deleted)
    await unit_of_work.run(lambda stores: stores.authors.delete(deleted.id, NOW))
    asked = [present.id, deleted.id, *(uuid7() for _ in range(1500))]

    assert await unit_of_work.run(lambda stores: stores.authors.hold(asked)) == {present.id}
    assert await unit_of_work.run(lambda stores: stores.authors.hold([])) == frozenset()
