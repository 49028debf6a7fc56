"""Values on their way into documents and back.

Identifiers are UUIDs (binary subtype 4), which sort as their text does. A BSON date holds
milliseconds, so a time stands as a date, for people and for ranges, beside the microseconds that
the date can't hold (0 to 999).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions

# What a field holds is a promise of the code that wrote it, which no type checker can see.
Document = dict[str, Any]

CODEC_OPTIONS: CodecOptions[Document] = CodecOptions(
    tz_aware=True, tzinfo=UTC, uuid_representation=UuidRepresentation.STANDARD
)


def encode_time(field: str, time: datetime) -> Document:
    """Give the fields that hold a time."""
    return {field: time, _remainder(field): time.microsecond % 1000}


def decode_time(field: str, document: Mapping[str, Any]) -> datetime:
    """Put a time together from its fields."""
    date: datetime = document[field]
    return date.replace(microsecond=date.microsecond + document[_remainder(field)])


def is_before(field: str, time: datetime) -> Document:
    """Give the filter for documents whose field holds an earlier time."""
    same_date = {field: time, _remainder(field): {"$lt": time.microsecond % 1000}}
    return {"$or": [{field: {"$lt": time}}, same_date]}


def _remainder(field: str) -> str:
    return f"{field}_microseconds"
