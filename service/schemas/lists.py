"""How lists are asked for: what their queries have in common."""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.alias_generators import to_snake

from domain.errors import InvalidValue
from domain.text import search_words
from service.schemas.fields import Line

SEARCH_MAX_LENGTH = 200

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Value = TypeVar("Value")


def obeying(rule: Callable[[str], object]) -> Callable[[str], str]:
    """Make a validator of a domain's rule, which raises InvalidValue: the text stays as it is."""

    def check(text: str) -> str:
        try:
            rule(text)
        except InvalidValue as error:
            raise ValueError(error.reason) from None
        return text

    return check


Search = Annotated[
    Line,
    Field(min_length=1, max_length=SEARCH_MAX_LENGTH, examples=["han ka"]),
    AfterValidator(obeying(search_words)),
]


def _day(text: object) -> object:
    # Pydantic reads a number in a query as seconds since 1970.
    if isinstance(text, str):
        if not _DAY.fullmatch(text):
            raise ValueError("must be a date in the form YYYY-MM-DD")
        return date.fromisoformat(text)
    return text


Day = Annotated[date, BeforeValidator(_day)]


def sorting(order: str) -> tuple[str, bool]:
    """Give what an order sorts by, in snake_case, and whether it is descending."""
    return to_snake(order.removeprefix("-")), order.startswith("-")
