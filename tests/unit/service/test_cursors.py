"""Cursors."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from domain.pagination import Position
from service.cursors import Cursors

LIST = "/v1/authors?sort=name"
KEY = UUID("01900000-0000-7000-8000-0000000000ff")

cursors = Cursors("a secret")

positions = st.builds(
    Position,
    st.uuids(),
    st.one_of(st.none(), st.text(), st.datetimes(timezones=st.just(UTC))),
)


@given(positions)
def test_a_cursor_holds_its_position(position: Position) -> None:
    cursor = cursors.encode(position, LIST)

    assert cursors.decode(cursor, LIST) == position
    assert cursor.replace("-", "").replace("_", "").replace(".", "").isalnum()


@pytest.mark.parametrize(
    "cursor", ["", "x", str(KEY), "é" * 24, "\ud800", "A" * 100_000, "W10.x", ".", "W10."]
)
def test_what_nobody_made_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match="must be a nextCursor that this list gave"):
        cursors.decode(cursor, LIST)


@given(st.integers(min_value=0), st.characters(codec="ascii"))
def test_a_cursor_that_was_changed_leads_nowhere_else(place: int, character: str) -> None:
    position = Position(KEY, datetime(2026, 1, 1, tzinfo=UTC))
    cursor = cursors.encode(position, LIST)
    place %= len(cursor)
    changed = cursor[:place] + character + cursor[place + 1 :]

    # The last character of base64 has bits that say nothing: without it, all changes are refused.
    if changed[:-1] == cursor[:-1]:
        with suppress(ValueError):
            assert cursors.decode(changed, LIST) == position
    else:
        with pytest.raises(ValueError, match="must be a nextCursor"):
            cursors.decode(changed, LIST)


def test_a_cursor_is_of_one_list_and_one_secret() -> None:
    cursor = cursors.encode(Position(KEY), LIST)

    with pytest.raises(ValueError, match="must be a nextCursor"):
        cursors.decode(cursor, "/v1/authors?sort=-name")
    with pytest.raises(ValueError, match="must be a nextCursor"):
        Cursors("another secret").decode(cursor, LIST)


def test_a_cursor_that_was_compressed_is_read_still() -> None:
    """So were those of long texts, before there was no try to compress any more."""
    name = "long " * 30
    compressed = URLSafeSerializer("a secret", salt=f"cursor {LIST}").dumps([KEY.hex, "s", name])

    assert cursors.decode(str(compressed), LIST) == Position(KEY, name)
    assert str(compressed).startswith(".")


def test_secrets_are_changed_and_lists_go_on() -> None:
    both = Cursors("another secret", "a secret")

    assert both.decode(cursors.encode(Position(KEY), LIST), LIST) == Position(KEY)
    by_new = both.encode(Position(KEY), LIST)
    assert Cursors("another secret").decode(by_new, LIST) == Position(KEY)
    with pytest.raises(ValueError, match="must be a nextCursor"):
        cursors.decode(by_new, LIST)
