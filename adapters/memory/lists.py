"""Pages of lists in memory."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from domain.pagination import Page, PageRequest, Position
from domain.text import words_of

Item = TypeVar("Item")


def begin(text: str, prefixes: Sequence[str]) -> bool:
    """Tell whether a word of the text begins with each of the prefixes."""
    words = words_of(text)
    return all(any(word.startswith(prefix) for word in words) for prefix in prefixes)


def page_of(
    items: Sequence[Item],
    request: PageRequest,
    locate: Callable[[Item], Position],
    *,
    descending: bool,
) -> Page[Item]:
    """Sort the items by where they stand, and give those behind the position that is asked for."""
    ordered = sorted(items, key=lambda item: _key(locate(item)), reverse=descending)
    if request.after:
        after = _key(request.after)
        ordered = [
            item
            for item in ordered
            if (_key(locate(item)) < after if descending else _key(locate(item)) > after)
        ]
    return Page.of(ordered[: request.limit + 1], request.limit, locate)


def _key(position: Position) -> tuple[Any, UUID]:
    # All positions of one list have values of one type.
    return position.value or "", position.id
