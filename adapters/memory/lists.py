"""Pages of lists in memory."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from domain.catalogue.entities import Author, Book
from domain.catalogue.queries import AuthorQuery, BookQuery, position_of
from domain.pagination import Page, PageRequest, Position
from domain.text import words_of

Item = TypeVar("Item", Author, Book)


def begin(text: str, prefixes: Sequence[str]) -> bool:
    """Tell whether a word of the text begins with each of the prefixes."""
    words = words_of(text)
    return all(any(word.startswith(prefix) for word in words) for prefix in prefixes)


def page_of(
    items: Sequence[Item], request: PageRequest, query: AuthorQuery | BookQuery
) -> Page[Item]:
    """Sort the items and give those behind the position that is asked for."""

    def locate(item: Item) -> Position:
        return position_of(item, query.sort)

    ordered = sorted(items, key=lambda item: _key(locate(item)), reverse=query.descending)
    if request.after:
        after = _key(request.after)
        ordered = [
            item
            for item in ordered
            if (_key(locate(item)) < after if query.descending else _key(locate(item)) > after)
        ]
    return Page.of(ordered[: request.limit + 1], request.limit, locate)


def _key(position: Position) -> tuple[Any, UUID]:
    # All positions of one list have values of one type.
    return position.value or "", position.id
