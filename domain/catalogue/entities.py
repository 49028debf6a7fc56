"""What the catalogue holds."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from domain.entities import Entity
from domain.errors import InvalidValue

NAME_MAX_LENGTH = 200
BIOGRAPHY_MAX_LENGTH = 10_000

# Unicode's letters, marks, numbers, punctuation and symbols: neither spaces nor what has no form.
_VISIBLE = frozenset("LMNPS")


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
        if not any(unicodedata.category(character)[0] in _VISIBLE for character in self.name):
            raise InvalidValue("name", "must not be blank")
        if len(self.name) > NAME_MAX_LENGTH:
            raise InvalidValue("name", f"must have at most {NAME_MAX_LENGTH} characters")
        if self.biography is not None and len(self.biography) > BIOGRAPHY_MAX_LENGTH:
            raise InvalidValue("biography", f"must have at most {BIOGRAPHY_MAX_LENGTH} characters")
        if self.born_on and self.died_on and self.died_on < self.born_on:
            raise InvalidValue("died_on", "must not be before the date of birth")
