"""Pages of lists."""

import base64
import binascii
from typing import Annotated, Generic, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field

from domain.pagination import MAX_PAGE_SIZE, Page
from service.schemas.fields import RequestSchema, ResponseSchema

Item = TypeVar("Item", bound=ResponseSchema)

# A cursor is opaque to clients: this mark, and the key of the item that the next page follows.
_MARK = b"c1"
_LENGTH = len(_MARK) + 16

_MAX_DIGITS = 9


def encode_cursor(after: UUID | None) -> str | None:
    """Give the cursor of the page behind the item `after`; None on the last page."""
    if after is None:
        return None
    return base64.urlsafe_b64encode(_MARK + after.bytes).decode("ascii")


def decode_cursor(cursor: str) -> UUID:
    """Give the key in a cursor; raises ValueError for what is none of ours."""
    try:
        decoded = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        decoded = b""
    if len(decoded) != _LENGTH or not decoded.startswith(_MARK):
        raise ValueError("must be a nextCursor that a list gave")
    return UUID(bytes=decoded[len(_MARK) :])


def _whole_number(text: object) -> object:
    # Python reads more spellings of a number than a limit needs.
    if isinstance(text, str):
        if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
            raise ValueError("must be a whole number")
        return int(text)
    return text


def _checked_cursor(cursor: str) -> str:
    decode_cursor(cursor)
    return cursor


Cursor = Annotated[
    str, AfterValidator(_checked_cursor), Field(json_schema_extra={"format": "cursor"})
]


class PageQuery(RequestSchema):
    """Which page of a list: at most `limit` items behind the page that gave `cursor`."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE), BeforeValidator(_whole_number)] | None = (
        None
    )
    cursor: Cursor | None = None

    @property
    def after(self) -> UUID | None:
        """The key of the item that the page follows."""
        return None if self.cursor is None else decode_cursor(self.cursor)


class PageResponse(ResponseSchema, Generic[Item]):
    """A page of a list; `next_cursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None

    @classmethod
    def of(cls, page: object) -> Self:
        """Make it from a page of entities."""
        if not isinstance(page, Page):
            raise TypeError(f"A page was expected, not {type(page).__name__}.")
        next_cursor = encode_cursor(page.next_after.id if page.next_after else None)
        return cls.model_validate({"items": page.items, "next_cursor": next_cursor})
