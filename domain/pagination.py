"""Lists in pages: each page starts behind the last item of the one before (keyset pagination)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar
from uuid import UUID

from domain.errors import InvalidValue

MAX_PAGE_SIZE = 100

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for: `limit` items behind the one with the identifier `after`."""

    limit: int
    after: UUID | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_PAGE_SIZE:
            raise InvalidValue("limit", f"must be from 1 to {MAX_PAGE_SIZE}")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list; `next_after` is where the next page starts, None on the last."""

    items: Sequence[Item]
    next_after: UUID | None

    @classmethod
    def of(cls, found: Sequence[Item], limit: int, identify: Callable[[Item], UUID]) -> Self:
        """Make a page of at most `limit` items from `found`, which was read one item further."""
        if len(found) <= limit:
            return cls(items=found, next_after=None)
        items = found[:limit]
        return cls(items=items, next_after=identify(items[-1]))
