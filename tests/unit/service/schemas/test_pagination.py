"""Cursors."""

import base64
from uuid import UUID

import pytest
from pydantic import ValidationError

from service.schemas.pagination import PageQuery, decode_cursor, encode_cursor

KEY = UUID("01900000-0000-7000-8000-0000000000ff")


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


@pytest.mark.parametrize("key", [KEY, UUID(int=0), UUID(int=2**128 - 1)])
def test_a_cursor_holds_its_key(key: UUID) -> None:
    cursor = encode_cursor(key)

    assert cursor is not None
    assert decode_cursor(cursor) == key


def test_a_cursor_needs_no_escape_in_a_query() -> None:
    cursors = [encode_cursor(UUID(int=number * 0x0FF0_1FE0_3FC0)) for number in range(500)]

    assert all(cursor.replace("-", "").replace("_", "").isalnum() for cursor in cursors)


def test_the_last_page_has_no_cursor() -> None:
    assert encode_cursor(None) is None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        str(KEY),
        KEY.hex,
        encoded(KEY.bytes),
        encoded(b"c2" + KEY.bytes),
        encoded(b"c1" + KEY.bytes[:-1]),
        encoded(b"c1" + KEY.bytes + b"\0"),
        encoded(b"c1" + KEY.bytes) + "\n",
        " " + encoded(b"c1" + KEY.bytes),
        "é" * 24,
        "\ud800",
        "A" * 100_000,
    ],
)
def test_what_is_no_cursor_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match="must be a nextCursor that a list gave"):
        decode_cursor(cursor)


def test_a_query_gives_the_key_behind_which_the_page_starts() -> None:
    query = PageQuery.model_validate_strings({"limit": "7", "cursor": encode_cursor(KEY)})

    assert (query.limit, query.after) == (7, KEY)


def test_a_query_may_be_empty() -> None:
    query = PageQuery.model_validate_strings({})

    assert (query.limit, query.after) == (None, None)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "", "ten", "1e1", "0x1", "9" * 5000])
def test_a_limit_that_is_no_whole_number_in_bounds_is_refused(limit: str) -> None:
    with pytest.raises(ValidationError):
        PageQuery.model_validate_strings({"limit": limit})
