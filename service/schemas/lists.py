"""How lists are asked for: what their queries have in common."""

from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field
from pydantic.alias_generators import to_snake

from domain.errors import InvalidValue
from domain.text import search_words
from service.schemas.fields import Line

SEARCH_MAX_LENGTH = 200

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
    Field(
        min_length=1,
        max_length=SEARCH_MAX_LENGTH,
        examples=["han ka"],
        json_schema_extra={"format": "words"},
    ),
    AfterValidator(obeying(search_words)),
]


@lru_cache(maxsize=64)
def sorting(order: str) -> tuple[str, bool]:
    """Give what an order sorts by, in snake_case, and whether it is descending."""
    return to_snake(order.removeprefix("-")), order.startswith("-")
