"""Pages of lists."""

from uuid import UUID

import pytest

from domain.errors import InvalidValue
from domain.pagination import MAX_PAGE_SIZE, Page, PageRequest, Position

IDS = [UUID(int=number) for number in range(1, 5)]


def page_of(found: list[UUID], limit: int) -> Page[UUID]:
    return Page.of(found, limit, Position)


@pytest.mark.parametrize("limit", [1, MAX_PAGE_SIZE])
def test_a_page_may_have_from_1_item_to_the_most(limit: int) -> None:
    assert PageRequest(limit).limit == limit


@pytest.mark.parametrize("limit", [-1, 0, MAX_PAGE_SIZE + 1])
def test_a_page_of_any_other_size_is_refused(limit: int) -> None:
    with pytest.raises(InvalidValue, match="must be from 1 to 100") as caught:
        PageRequest(limit)

    assert caught.value.field == "limit"


def test_one_item_more_than_the_limit_tells_that_there_is_a_next_page() -> None:
    assert page_of(IDS[:3], 2) == Page(items=IDS[:2], next_after=Position(IDS[1]))


@pytest.mark.parametrize("found", [[], IDS[:1], IDS[:2]])
def test_as_many_items_as_the_limit_or_fewer_are_the_last_page(found: list[UUID]) -> None:
    assert page_of(found, 2) == Page(items=found, next_after=None)
