"""Lists in pages: each page starts behind the last item of the one before (keyset pagination)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Self, TypeVar
from uuid import UUID

from domain.errors import InvalidValue

MAX_PAGE_SIZE = 100

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Position:
    """Where an item stands in a list: by `value`, and among those of the same value by `id`.

    `value` is what the list is sorted by, None for a list in the order of ids.
    """

    id: UUID
    value: str | datetime | None = None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for: `limit` items behind the position `after`."""

    limit: int
    after: Position | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_PAGE_SIZE:
            raise InvalidValue("limit", f"must be from 1 to {MAX_PAGE_SIZE}")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list; `next_after` is the position of the last, None on the last page."""

    items: Sequence[Item]
    next_after: Position | None

    @classmethod
    def of(cls, found: Sequence[Item], limit: int, locate: Callable[[Item], Position]) -> Self:
        """Make a page of at most `limit` items from `found`, which was read one item further."""
        if len(found) <= limit:
            return cls(items=found, next_after=None)
        items = found[:limit]
        return cls(items=items, next_after=locate(items[-1]))
