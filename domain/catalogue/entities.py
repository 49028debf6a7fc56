"""What the catalogue holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict
from uuid import UUID

from domain.catalogue.values import Price, PriceChanges, isbn13, language_tag
from domain.entities import Entity
from domain.errors import InvalidValue
from domain.text import check_length, check_line

NAME_MAX_LENGTH = 200
BIOGRAPHY_MAX_LENGTH = 10_000
TITLE_MAX_LENGTH = 300
MAX_AUTHORS = 20


class AuthorChanges(TypedDict, total=False):
    """New values for some of an author's details; a key that is absent changes nothing."""

    name: str
    biography: str | None
    born_on: date | None
    died_on: date | None


class AuthorDetails(TypedDict):
    """All that people say of an author."""

    name: str
    biography: str | None
    born_on: date | None
    died_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Author(Entity):
    """A person who writes. Raises InvalidValue for details that break a rule."""

    name: str
    biography: str | None
    born_on: date | None
    died_on: date | None

    def __post_init__(self) -> None:
        check_line("name", self.name, NAME_MAX_LENGTH)
        if self.biography is not None:
            check_length("biography", self.biography, BIOGRAPHY_MAX_LENGTH)
        if self.born_on and self.died_on and self.died_on < self.born_on:
            raise InvalidValue("died_on", "must not be before the date of birth")


class BookChanges(TypedDict, total=False):
    """New values for some of a book's details; a key that is absent changes nothing.

    A price may be changed in part.
    """

    title: str
    isbn: str | None
    published_on: date | None
    language: str | None
    price: Price | PriceChanges | None
    author_ids: Sequence[UUID]


class BookDetails(TypedDict):
    """All that people say of a book."""

    title: str
    isbn: str | None
    published_on: date | None
    language: str | None
    price: Price | None
    author_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book(Entity):
    """A work by some authors, the first of whom is named first.

    It is made from any form of its ISBN and of its language tag, and has the usual one (`isbn13`,
    `language_tag`). Raises InvalidValue for details that break a rule.
    """

    title: str
    isbn: str | None
    published_on: date | None
    language: str | None
    price: Price | None
    author_ids: Sequence[UUID]

    def __post_init__(self) -> None:
        check_line("title", self.title, TITLE_MAX_LENGTH)
        if not 1 <= len(self.author_ids) <= MAX_AUTHORS:
            raise InvalidValue("author_ids", f"must name from 1 to {MAX_AUTHORS} authors")
        if len(set(self.author_ids)) < len(self.author_ids):
            raise InvalidValue("author_ids", "must name no author twice")
        # So does a frozen dataclass set a field of its own while it is made.
        object.__setattr__(self, "author_ids", tuple(self.author_ids))
        if self.isbn is not None:
            object.__setattr__(self, "isbn", isbn13(self.isbn))
        if self.language is not None:
            object.__setattr__(self, "language", language_tag(self.language))
