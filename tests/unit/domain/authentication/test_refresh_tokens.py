"""The form of refresh tokens, and how one gives way to the next."""

import string
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.authentication.entities import REFRESH_GRACE
from domain.authentication.refresh_tokens import (
    RefreshToken,
    first_state,
    is_of,
    new_refresh_token,
    read_refresh_token,
    rotate,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
SESSION = UUID("01900000-0000-7000-8000-000000000001")


@given(
    session_id=st.uuids(),
    family=st.binary(min_size=32, max_size=32),
    own=st.binary(min_size=32, max_size=32),
)
def test_a_token_is_read_as_it_was_written(session_id: UUID, family: bytes, own: bytes) -> None:
    token = RefreshToken(session_id=session_id, family=family, own=own)

    assert token.text.startswith("rt_")
    assert token.text.isascii()
    assert read_refresh_token(token.text) == token


def test_what_is_no_token_to_the_letter_is_none() -> None:
    text = new_refresh_token(SESSION).text
    # The last character has two bits that say nothing, and must be zero.
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    place = letters.index(text[-1])
    others = [text[:-1] + letters[place + bits] for bits in (1, 2, 3)]

    for other in (
        "",
        "rt_",
        text[3:],
        text[:-1],
        text + "A",
        text + "=",
        text + "\n",
        " " + text,
        text.replace("rt_", "RT_"),
        text[:9] + "." + text[10:],
        text[:9] + "é" + text[10:],
        "rt_" + "A" * 1_000_000,
        *others,
    ):
        assert read_refresh_token(other) is None, other


def test_tokens_are_drawn_anew_and_show_no_secret() -> None:
    one, other = new_refresh_token(SESSION), new_refresh_token(SESSION)

    assert len({one.family, other.family, one.own, other.own}) == 4
    assert one.own.hex() not in repr(one)
    assert repr(one.own) not in repr(one)
    assert one.text not in repr(one)


def test_a_token_belongs_to_its_own_session_alone() -> None:
    token = new_refresh_token(SESSION)
    state = first_state(token, NOW)

    assert is_of(state, token)
    assert not is_of(state, new_refresh_token(SESSION))


def test_what_is_kept_gives_no_token_away() -> None:
    token = new_refresh_token(SESSION)
    first = first_state(token, NOW)
    rotated = rotate(first, token, NOW)
    assert rotated is not None
    state, successor = rotated

    kept = {state.family, state.current, state.previous, state.nonce}
    assert kept.isdisjoint({token.family, token.own, successor.own})


def test_a_token_gives_way_to_its_successor() -> None:
    first = new_refresh_token(SESSION)
    state, token = first_state(first, NOW), first
    for hours in range(1, 6):
        now = NOW + timedelta(hours=hours)
        rotated = rotate(state, token, now)
        assert rotated is not None
        state, token = rotated
        assert state.rotated_at == now
        assert is_of(state, token)
    assert token.family == first.family


def test_a_lost_answer_is_given_again_as_long_as_the_grace_lasts() -> None:
    token = new_refresh_token(SESSION)
    rotated = rotate(first_state(token, NOW), token, NOW)
    assert rotated is not None
    state, successor = rotated

    for later in (timedelta(0), REFRESH_GRACE):
        assert rotate(state, token, NOW + later) == (state, successor)
    assert rotate(state, token, NOW + REFRESH_GRACE + MOMENT) is None


def test_a_token_is_used_up_once_its_successor_was_used() -> None:
    token = new_refresh_token(SESSION)
    rotated = rotate(first_state(token, NOW), token, NOW)
    assert rotated is not None
    again = rotate(rotated[0], rotated[1], NOW)
    assert again is not None

    assert rotate(again[0], token, NOW) is None


@pytest.mark.parametrize("state", ["first", "rotated"])
def test_a_token_of_the_family_that_was_never_given_is_refused(state: str) -> None:
    token = new_refresh_token(SESSION)
    kept = first_state(token, NOW)
    if state == "rotated":
        rotated = rotate(kept, token, NOW)
        assert rotated is not None
        kept = rotated[0]
    forged = RefreshToken(session_id=SESSION, family=token.family, own=b"\0" * 32)

    assert rotate(kept, forged, NOW) is None
