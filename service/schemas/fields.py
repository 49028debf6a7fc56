"""What the schemas of all resources share."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

# Nothing is coerced, nothing unknown is accepted, and only the camelCase names are taken.
REQUEST_CONFIG = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


class RequestSchema(BaseModel):
    """What a client sends: the object of a body, or the parameters of a query."""

    model_config = REQUEST_CONFIG

    @classmethod
    def parameters(cls) -> list[str]:
        """Name the fields as clients do."""
        return [field.alias or name for name, field in cls.model_fields.items()]


class ResponseSchema(BaseModel):
    """A JSON object that a client gets, made from the attributes of an entity."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        from_attributes=True,
        frozen=True,
        serialize_by_alias=True,
        validate_by_alias=False,
        validate_by_name=True,
    )

    @classmethod
    def of(cls, result: object) -> Self:
        """Make it from what a use-case gave."""
        return cls.model_validate(result)


class VersionedResponse(ResponseSchema):
    """One resource whose every change makes a new version, and with it a new ETag."""

    version: int


class _IdentifiedResponse(ResponseSchema):
    id: UUID


class EntityResponse(VersionedResponse, _IdentifiedResponse):
    """A versioned resource that has an id, with which its JSON begins."""


# What texts may hold, as a pattern of JSON Schema has it: all but control characters (Cc), and but
# for line ends a line, or all but tabs and line ends among them.
LINE = r"[^\u0000-\u001f\u007f-\u009f\u2028\u2029]"
PARAGRAPHS = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]"

_NOT_IN_LINE = re.compile(LINE.replace("[^", "["))
_NOT_IN_PARAGRAPHS = re.compile(PARAGRAPHS.replace("[^", "["))


def _line(text: str) -> str:
    return _without(_NOT_IN_LINE, text)


def _paragraphs(text: str) -> str:
    return _without(_NOT_IN_PARAGRAPHS, text)


def _without(refused: re.Pattern[str], text: str) -> str:
    if found := refused.search(text):
        message = f"must not contain the control character U+{ord(found[0]):04X}"
        raise ValueError(f"{message} (at position {found.start()})")
    return unicodedata.normalize("NFC", text)


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# JSON has one kind of number: 1.0 is 1 (RFC 8259, 6). It stands behind the bounds in an annotation.
WHOLE_NUMBER = BeforeValidator(_whole)

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(text: object) -> object:
    # Pydantic would take a number of seconds too, and the midnight of a day.
    if not (isinstance(text, str) and _DAY.fullmatch(text)):
        raise ValueError("must be a date like 1999-12-31")
    return text


# It is not strict, for behind a function of Python's pydantic knows no more that it reads JSON.
Day = Annotated[date, Field(strict=False), BeforeValidator(_day)]


def _uuid(text: object) -> object:
    # Pydantic would take one in braces, as a URN and without hyphens, too.
    if not (isinstance(text, str) and _UUID.fullmatch(text)):
        raise ValueError("must be a UUID like 01900000-0000-7000-8000-000000000001")
    return text


# An id as it stands in addresses (RFC 9562, 4), in small letters or capitals.
Id = Annotated[UUID, Field(strict=False), BeforeValidator(_uuid)]


def _moment(text: object) -> object:
    # Pydantic would take numbers too, and times without seconds or an offset.
    if not (isinstance(text, str) and _MOMENT.fullmatch(text)):
        raise ValueError("must be a time like 1999-12-31T23:59:59Z")
    return text


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be from the year 1 to 9999 in UTC") from None


# A time of RFC 3339, which always has an offset from UTC.
Moment = Annotated[datetime, Field(strict=False), AfterValidator(_in_utc), BeforeValidator(_moment)]


# Text is kept in Unicode's normal form C, so that what looks alike is alike. Its lengths are
# checked behind this, by the length of what is kept.
Line = Annotated[str, AfterValidator(_line), Field(json_schema_extra={"pattern": f"^{LINE}*$"})]
Paragraphs = Annotated[
    str, AfterValidator(_paragraphs), Field(json_schema_extra={"pattern": f"^{PARAGRAPHS}*$"})
]
