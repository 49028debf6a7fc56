"""Many books at once, all or none."""

from uuid import UUID

import pytest

from domain.catalogue.batches import MAX_BATCH
from domain.catalogue.entities import Author
from domain.catalogue.errors import IsbnTaken
from domain.catalogue.use_cases import Catalogue
from domain.errors import InvalidBatch, InvalidValue
from tests.unit.fakes import Fakes, book_of, details_of

NOBODY = UUID("01900000-0000-7000-8000-00000000dead")
ISBN = "9788936434120"
OTHER_ISBN = "9780306406157"


@pytest.fixture
async def author(catalogue: Catalogue) -> Author:
    return await catalogue.create_author(details_of())


async def test_a_batch_is_created_in_its_order_with_an_event_for_each(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    fakes.unit_of_work.aborts = True

    books = await catalogue.create_books([book_of(str(n), author.id) for n in range(50)])

    assert [book.title for book in books] == [str(number) for number in range(50)]
    assert await fakes.books() == books
    created = (await fakes.pending())[1:]
    assert [event.subject for event in created] == [str(book.id) for book in books]
    assert {event.kind for event in created} == {"book.created"}


async def test_one_bad_item_keeps_all_from_being_created_and_each_bad_one_is_told(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    await catalogue.create_book(book_of("there", author.id, isbn=ISBN))
    before = await fakes.state()

    with pytest.raises(InvalidBatch, match="5 items") as caught:
        await catalogue.create_books(
            [
                book_of("good", author.id),
                book_of("taken", author.id, isbn=ISBN),
                book_of(" ", author.id),
                book_of("first with it", author.id, isbn=OTHER_ISBN),
                book_of("second with it", author.id, isbn="0-306-40615-2"),
                book_of("nobody's", author.id, NOBODY),
                book_of("wrong", author.id, isbn="1"),
            ]
        )

    faults = caught.value.faults
    assert list(faults) == [1, 2, 4, 5, 6]
    assert [type(error) for error in faults.values()] == [IsbnTaken, *[InvalidValue] * 4]
    fields = [error.field for error in faults.values() if isinstance(error, InvalidValue)]
    assert fields == ["title", "isbn", "author_ids", "isbn"]
    assert "item 3 of the batch" in str(faults[4])
    assert str(NOBODY) in str(faults[5])
    assert await fakes.state() == before


async def test_a_batch_of_bad_items_alone_is_told_too(catalogue: Catalogue) -> None:
    with pytest.raises(InvalidBatch) as caught:
        await catalogue.create_books([book_of(" ", NOBODY)])

    assert list(caught.value.faults) == [0]


@pytest.mark.parametrize("size", [0, MAX_BATCH + 1])
async def test_a_batch_has_from_1_item_to_the_most(
    catalogue: Catalogue, author: Author, size: int
) -> None:
    with pytest.raises(InvalidValue, match="from 1 to 500") as caught:
        await catalogue.create_books([book_of("title", author.id)] * size)

    assert caught.value.field == "items"


async def test_the_largest_batch_is_created(
    fakes: Fakes, catalogue: Catalogue, author: Author
) -> None:
    books = await catalogue.create_books([book_of("title", author.id)] * MAX_BATCH)

    assert len(books) == MAX_BATCH
    assert len(await fakes.pending()) == MAX_BATCH + 1
