"""Which authors and books a list has, and in which order."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from domain.catalogue.entities import Author, Book
from domain.catalogue.values import language_tag
from domain.errors import InvalidValue
from domain.pagination import Position
from domain.text import search_words, sort_key


class AuthorSort(StrEnum):
    """What authors can be sorted by."""

    CREATED_AT = "created_at"
    NAME = "name"
    UPDATED_AT = "updated_at"


class BookSort(StrEnum):
    """What books can be sorted by."""

    CREATED_AT = "created_at"
    TITLE = "title"
    UPDATED_AT = "updated_at"


_VALUE_TYPES: dict[str, type] = {
    "created_at": type(None),
    "name": str,
    "title": str,
    "updated_at": datetime,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorQuery:
    """The authors whose name has, for each word of `search`, a word that begins with it.

    Raises InvalidValue for a search that has no words, or too many.
    """

    sort: AuthorSort = AuthorSort.CREATED_AT
    descending: bool = False
    search: str | None = None

    def __post_init__(self) -> None:
        _ = self.words

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the search, as `search_words` gives them."""
        return () if self.search is None else search_words(self.search)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookQuery:
    """The books for which all that is not None holds.

    `search` is of the title, as for authors; `published_from` and `published_to` are the first and
    the last day. Raises InvalidValue for what can't be asked.
    """

    sort: BookSort = BookSort.CREATED_AT
    descending: bool = False
    search: str | None = None
    author_id: UUID | None = None
    language: str | None = None
    published_from: date | None = None
    published_to: date | None = None

    def __post_init__(self) -> None:
        _ = self.words
        if self.language is not None:
            object.__setattr__(self, "language", language_tag(self.language))

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the search, as `search_words` gives them."""
        return () if self.search is None else search_words(self.search)


def check_position(after: Position | None, sort: AuthorSort | BookSort) -> None:
    """Raise InvalidValue for a position in a list that is sorted by something else."""
    if after is not None and not isinstance(after.value, _VALUE_TYPES[sort]):
        raise InvalidValue("after", f"must be a position in a list that is sorted by {sort}")


def position_of(item: Author | Book, sort: AuthorSort | BookSort) -> Position:
    """Give where an item stands in a list."""
    if sort in {AuthorSort.CREATED_AT, BookSort.CREATED_AT}:
        return Position(item.id)
    if sort in {AuthorSort.UPDATED_AT, BookSort.UPDATED_AT}:
        return Position(item.id, item.updated_at)
    return Position(item.id, sort_key(item.name if isinstance(item, Author) else item.title))
