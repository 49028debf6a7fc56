"""What MySQL answers a statement with, read from its packets.

The formats are those of the text protocol:
https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response.html
"""

import struct
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from pymysql.connections import TEXT_TYPES
from pymysql.constants import FIELD_TYPE
from pymysql.converters import decoders
from pymysql.protocol import FieldDescriptorPacket

from adapters.sql.values import Row

# The statements of this project are some dozen, and lists have some more for their filters.
REMEMBERED_RESULTS = 512

CHARSET = "utf8mb4"
ENCODING = "utf-8"

# Instead of a length: a NULL; the length is in the 2, 3 or 8 bytes that follow.
_NULL = 0xFB
_LENGTH_SIZES = {0xFC: 2, 0xFD: 3, 0xFE: 8}

_STATUS_AND_WARNINGS = struct.Struct("<HH")

_BINARY_CHARSET = 63

# Beside what is text anyway: dates and times, which adapters.sql.values decodes, alike for every
# dialect, and JSON, whose character set is said to be binary.
_STAY_TEXT = TEXT_TYPES | {
    FIELD_TYPE.DATE,
    FIELD_TYPE.DATETIME,
    FIELD_TYPE.TIMESTAMP,
    FIELD_TYPE.JSON,
}

Decode = Callable[[bytes], object]


class Result(NamedTuple):
    """What a statement gave: its rows, or how many it found to change."""

    rows: list[Row]
    found: int


class Changed(NamedTuple):
    """What the server says when a statement gave no rows: how many it found to change."""

    rows: int
    server_status: int
    warnings: int


class Column(NamedTuple):
    """The name of a column, and what turns its bytes into a value: None leaves them as they are."""

    name: str
    decode: Decode | None


@lru_cache(REMEMBERED_RESULTS)
def columns_of(described: tuple[bytes, ...]) -> Sequence[Column]:
    """Give the columns that these packets describe, which are the same each time of a statement.

    To take one such description apart costs as much as to read three whole rows.
    """
    return [_column(FieldDescriptorPacket(payload, ENCODING)) for payload in described]


def changed_of(payload: bytes) -> Changed:
    """Give what an OK packet says: a number of rows, an id, and two numbers of two bytes."""
    rows, place = length_at(payload, 1)
    _, place = length_at(payload, place)
    return Changed(rows, *_STATUS_AND_WARNINGS.unpack_from(payload, place))


def length_at(payload: bytes, place: int) -> tuple[int, int]:
    """Give the number that is written as lengths are, and where the next thing begins."""
    first = payload[place]
    if first < _NULL:
        return first, place + 1
    end = place + 1 + _LENGTH_SIZES[first]
    return int.from_bytes(payload[place + 1 : end], "little"), end


def row_of(payload: bytes, columns: Sequence[Column]) -> Row:
    """Give the row that a packet holds: each value behind its length."""
    row: dict[str, object] = {}
    place = 0
    for name, decode in columns:
        length = payload[place]
        if length == _NULL:
            row[name] = None
            place += 1
            continue
        if length < _NULL:
            place += 1
        else:
            length, place = length_at(payload, place)
        end = place + length
        value = payload[place:end]
        row[name] = value if decode is None else decode(value)
        place = end
    return row


def _column(field: FieldDescriptorPacket) -> Column:
    if field.type_code in TEXT_TYPES and field.charsetnr == _BINARY_CHARSET:
        return Column(field.name, None)
    # `bytes.decode` reads UTF-8, and so the ASCII of numbers and times.
    convert = None if field.type_code in _STAY_TEXT else decoders.get(field.type_code)
    if convert is None:
        return Column(field.name, bytes.decode)
    # `int` reads digits as they come.
    return Column(field.name, int if convert is int else lambda value: convert(value.decode()))
