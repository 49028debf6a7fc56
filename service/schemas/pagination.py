"""Pages of lists."""

from typing import Annotated, Generic, TypeVar

from pydantic import BeforeValidator, Field

from domain.pagination import MAX_PAGE_SIZE
from service.schemas.fields import RequestSchema, ResponseSchema

Item = TypeVar("Item", bound=ResponseSchema)

_MAX_DIGITS = 9
_CURSOR_MAX_LENGTH = 2000


def _whole_number(text: object) -> object:
    # Python reads more spellings of a number than a limit needs.
    if isinstance(text, str):
        if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
            raise ValueError("must be a whole number")
        return int(text)
    return text


Cursor = Annotated[
    str, Field(max_length=_CURSOR_MAX_LENGTH, json_schema_extra={"format": "cursor"})
]


class PageQuery(RequestSchema):
    """Which page of a list: at most `limit` items behind the page that gave `cursor`."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE), BeforeValidator(_whole_number)] | None = (
        None
    )
    cursor: Cursor | None = None


class PageResponse(ResponseSchema, Generic[Item]):
    """A page of a list; `next_cursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None
