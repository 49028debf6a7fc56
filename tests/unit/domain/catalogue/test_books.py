"""What people do with books, and what ties them to their authors."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.catalogue.author_use_cases import BOOKS_NAMED
from domain.catalogue.entities import MAX_AUTHORS, TITLE_MAX_LENGTH, Author, BookChanges
from domain.catalogue.errors import AuthorHasBooks, BookTitle, IsbnTaken
from domain.catalogue.queries import AuthorQuery, AuthorSort, BookQuery, BookSort
from domain.catalogue.use_cases import Catalogue
from domain.catalogue.values import Price
from domain.errors import InvalidValue, NotFound, StaleVersion, StoreUnavailable
from domain.pagination import PageRequest, Position
from tests.unit.fakes import Fakes, book_of, details_of, raising

NOBODY = UUID("01900000-0000-7000-8000-00000000dead")
ISBN = "9788936434120"
PAGE = PageRequest(10)


@pytest.fixture
async def author(catalogue: Catalogue) -> Author:
    return await catalogue.create_author(details_of())


async def test_a_created_book_has_its_details_in_their_usual_form(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    book = await catalogue.create_book(
        book_of(
            "채식주의자",
            author.id,
            isbn="978-89-364-3412-0",
            language="KO-kr",
            price=Price(1, "KRW"),
        )
    )

    assert (book.title, book.isbn, book.language) == ("채식주의자", ISBN, "ko-KR")
    assert (book.price, book.author_ids, book.version) == (Price(1, "KRW"), (author.id,), 1)
    assert book.created_at == book.updated_at == fakes.clock.now()
    assert await fakes.books() == [book]
    assert await catalogue.get_book(book.id) == book


@pytest.mark.parametrize(
    "details, field",
    [
        ({"title": " \N{ZERO WIDTH SPACE}"}, "title"),
        ({"title": "a" * (TITLE_MAX_LENGTH + 1)}, "title"),
        ({"isbn": ""}, "isbn"),
        ({"language": "한국어"}, "language"),
        ({"author_ids": []}, "author_ids"),
        ({"author_ids": [NOBODY, NOBODY]}, "author_ids"),
        ({"author_ids": [UUID(int=n) for n in range(MAX_AUTHORS + 1)]}, "author_ids"),
    ],
)
async def test_a_book_that_breaks_a_rule_is_not_created(
    fakes: Fakes, catalogue: Catalogue, author: Author, details: BookChanges, field: str
) -> None:
    before = await fakes.state()

    with pytest.raises(InvalidValue) as caught:
        await catalogue.create_book({**book_of("title", author.id), **details})

    assert caught.value.field == field
    assert await fakes.state() == before


async def test_an_author_who_is_not_there_is_named(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    book = await catalogue.create_book(book_of("title", author.id))
    before = await fakes.state()

    for attempt in (
        catalogue.create_book(book_of("title", author.id, NOBODY)),
        catalogue.change_book(book.id, {"author_ids": [NOBODY]}),
    ):
        with pytest.raises(InvalidValue, match=str(NOBODY)) as caught:
            await attempt
        assert caught.value.field == "author_ids"
        assert str(author.id) not in str(caught.value)

    assert await fakes.state() == before


async def test_an_isbn_in_any_form_is_taken_once(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    book = await catalogue.create_book(book_of("one", author.id, isbn=ISBN))
    other = await catalogue.create_book(book_of("other", author.id))
    before = await fakes.state()

    for attempt in (
        catalogue.create_book(book_of("two", author.id, isbn="89-364-3412-8")),
        catalogue.change_book(other.id, {"isbn": "978 89 364 3412 0"}),
    ):
        with pytest.raises(IsbnTaken, match=ISBN):
            await attempt

    assert await fakes.state() == before
    await catalogue.delete_book(book.id)
    assert (await catalogue.change_book(other.id, {"isbn": ISBN})).isbn == ISBN


async def test_a_change_leaves_one_event_with_the_fields_that_differ(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    other = await catalogue.create_author(details_of("other"))
    book = await catalogue.create_book(book_of("old", author.id, isbn=ISBN))
    fakes.clock.advance(timedelta(hours=1))

    changed = await catalogue.change_book(
        book.id,
        {"title": "new", "isbn": "978-8936434120", "author_ids": [other.id, author.id]},
    )
    await catalogue.delete_book(book.id)

    assert (changed.title, changed.author_ids, changed.version) == ("new", (other.id, author.id), 2)
    assert changed.updated_at == book.updated_at + timedelta(hours=1)
    events = (await fakes.pending())[-3:]
    assert [(event.kind, event.details) for event in events] == [
        ("book.created", {"title": "old", "version": 1}),
        ("book.changed", {"fields": ["title", "author_ids"], "version": 2}),
        ("book.deleted", {"title": "new", "version": 2}),
    ]
    assert {event.subject for event in events} == {str(book.id)}


async def test_a_change_to_what_is_already_makes_no_version_and_no_event(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    details = book_of("title", author.id, isbn="978-89-364-3412-0", language="KO")
    book = await catalogue.create_book(details)
    before = await fakes.state()

    assert await catalogue.change_book(book.id, {}) == book
    assert await catalogue.replace_book(book.id, details) == book

    assert await fakes.state() == before


async def test_a_replacement_sets_all_details(catalogue: Catalogue, author: Author) -> None:
    book = await catalogue.create_book(
        book_of("old", author.id, isbn=ISBN, published_on=date(2007, 1, 1))
    )

    replaced = await catalogue.replace_book(book.id, book_of("new", author.id))

    assert (replaced.title, replaced.isbn, replaced.published_on) == ("new", None, None)
    assert await catalogue.get_book(book.id) == replaced


async def test_a_book_at_another_version_than_expected_stays_as_it_is(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    book = await catalogue.create_book(book_of("1", author.id))
    await catalogue.change_book(book.id, {"title": "2"}, frozenset({1}))
    before = await fakes.state()

    for attempt in (
        catalogue.change_book(book.id, {"title": "3"}, frozenset({1})),
        catalogue.replace_book(book.id, book_of("3", author.id), frozenset()),
        catalogue.delete_book(book.id, frozenset({3})),
    ):
        with pytest.raises(StaleVersion) as caught:
            await attempt
        stale = caught.value
        assert (stale.kind, stale.identifier, stale.version) == ("book", book.id, 2)

    assert await fakes.state() == before
    await catalogue.delete_book(book.id, frozenset({2}))


async def test_a_book_that_is_not_there_is_not_found(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    book = await catalogue.create_book(book_of("title", author.id))
    await catalogue.get_book(book.id)
    await catalogue.delete_book(book.id)
    before = await fakes.state()

    for book_id in (NOBODY, book.id):
        for attempt in (
            catalogue.get_book(book_id),
            catalogue.change_book(book_id, {"title": "x"}),
            catalogue.replace_book(book_id, book_of("x", author.id)),
            catalogue.delete_book(book_id),
        ):
            with pytest.raises(NotFound) as caught:
                await attempt
            assert (caught.value.kind, caught.value.identifier) == ("book", book_id)

    assert await fakes.state() == before


async def test_a_second_read_does_not_ask_the_store(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    book = await catalogue.create_book(book_of("title", author.id))
    await catalogue.get_book(book.id)
    fakes.unit_of_work.after_read = raising(StoreUnavailable("MySQL", "gone"))

    assert await catalogue.get_book(book.id) == book


async def test_an_author_with_books_is_not_deleted_and_the_first_of_them_are_named(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    other = await catalogue.create_author(details_of("other"))
    books = [
        await catalogue.create_book(book_of(f"Part {number}", other.id, author.id))
        for number in range(BOOKS_NAMED + 2)
    ]
    before = await fakes.state()

    with pytest.raises(AuthorHasBooks, match=r"has books \(12\)") as caught:
        await catalogue.delete_author(author.id)

    assert caught.value.author_id == author.id
    assert caught.value.count == BOOKS_NAMED + 2
    assert caught.value.books == [BookTitle(it.id, it.title) for it in books[:BOOKS_NAMED]]
    assert await fakes.state() == before


async def test_an_author_without_books_any_more_is_deleted(
    catalogue: Catalogue, author: Author
) -> None:
    other = await catalogue.create_author(details_of("other"))
    deleted = await catalogue.create_book(book_of("deleted", author.id))
    changed = await catalogue.create_book(book_of("changed", author.id))
    await catalogue.delete_book(deleted.id)
    await catalogue.change_book(changed.id, {"author_ids": [other.id]})

    await catalogue.delete_author(author.id)

    with pytest.raises(NotFound):
        await catalogue.get_author(author.id)


async def test_books_are_listed_by_their_author(catalogue: Catalogue, author: Author) -> None:
    other = await catalogue.create_author(details_of("other"))
    both = await catalogue.create_book(book_of("both", author.id, other.id))
    theirs = await catalogue.create_book(book_of("theirs", other.id))

    assert (await catalogue.list_books(PAGE)).items == [both, theirs]
    assert (await catalogue.list_books_by(author.id, PAGE)).items == [both]
    query = BookQuery(sort=BookSort.TITLE, descending=True, author_id=author.id)
    assert (await catalogue.list_books_by(other.id, PAGE, query)).items == [theirs, both]
    assert (await catalogue.list_books(PAGE, BookQuery(author_id=NOBODY))).items == []
    with pytest.raises(NotFound) as caught:
        await catalogue.list_books_by(NOBODY, PAGE)
    assert (caught.value.kind, caught.value.identifier) == ("author", NOBODY)


@pytest.mark.parametrize("value", [None, "text"])
async def test_a_position_of_another_list_is_refused(
    catalogue: Catalogue, value: str | None
) -> None:
    request = PageRequest(1, Position(NOBODY, value))

    with pytest.raises(InvalidValue, match="sorted by updated_at"):
        await catalogue.list_authors(request, AuthorQuery(sort=AuthorSort.UPDATED_AT))
    with pytest.raises(InvalidValue, match="sorted by updated_at"):
        await catalogue.list_books(request, BookQuery(sort=BookSort.UPDATED_AT))


@pytest.mark.parametrize("asked", [{"search": "..."}, {"search": ""}, {"language": "?"}])
def test_what_can_not_be_asked_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(InvalidValue):
        BookQuery(**asked)
    if "search" in asked:
        with pytest.raises(InvalidValue):
            AuthorQuery(**asked)


async def test_a_purge_removes_in_batches_what_was_deleted_before_then(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    books = [await catalogue.create_book(book_of(title, author.id)) for title in "abcdef"]
    for book in books[:5]:
        await catalogue.delete_book(book.id)
    fakes.clock.advance(timedelta(days=1))
    await catalogue.delete_book(books[5].id)

    assert await catalogue.purge_books(fakes.clock.now(), batch_size=2) == 5
    assert await catalogue.purge_books(fakes.clock.now(), batch_size=2) == 0
