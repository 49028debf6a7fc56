import string
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from domain.authentication.entities import KeyAccess
from domain.authentication.errors import InvalidToken
from domain.authentication.keys import (
    KEY_LENGTH,
    find_key,
    is_key,
    make_key,
    read_key,
)

ACCOUNT = UUID("01900000-0000-7000-8000-000000000001")
KEY = UUID("01900000-0000-7000-8000-000000000002")
SECRET = bytes(range(32))
TEXT = make_key(ACCOUNT, KEY, SECRET)
NOW = datetime(2026, 1, 2, tzinfo=UTC)
ACCESS = KeyAccess(
    secret_hash=sha256(SECRET).digest(),
    permissions=frozenset(),
    expires_at=NOW + timedelta(seconds=1),
    last_used_at=None,
)
ALPHABET = string.ascii_letters + string.digits + "-_"


def test_a_key_says_whose_it_is_and_the_hash_of_its_secret() -> None:
    shown = read_key(TEXT)

    assert (shown.account_id, shown.key_id) == (ACCOUNT, KEY)
    assert shown.secret_hash == sha256(SECRET).digest()


def test_a_key_is_recognised_by_its_prefix_and_has_one_length() -> None:
    assert TEXT.startswith("imk_")
    assert len(TEXT) == KEY_LENGTH
    assert is_key(TEXT)
    assert not is_key("rt_" + TEXT)


def test_no_other_text_is_the_key_not_even_another_spelling_of_it() -> None:
    others = {
        TEXT[:place] + character + TEXT[place + 1 :]
        for place in range(len(TEXT))
        for character in ALPHABET
    } - {TEXT}

    for other in others:
        with pytest.raises(InvalidToken):
            read_key(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "imk_",
        TEXT[:-1],
        TEXT + "A",
        TEXT + "=",
        TEXT.replace("imk_", "imk-"),
        "imk_" + "!" * (KEY_LENGTH - 4),
        "imk_" + "é" * (KEY_LENGTH - 4),
        "imk_" + "A" * 1_000_000,
        "imk_" + urlsafe_b64encode(bytes(68)).decode().rstrip("=")[:-1] + "\n",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidToken):
        read_key(text)


def test_the_key_that_was_shown_is_found() -> None:
    assert find_key(read_key(TEXT), {KEY: ACCESS}, NOW) == (KEY, ACCESS)


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {ACCOUNT: ACCESS},
        {KEY: replace(ACCESS, secret_hash=sha256(b"another").digest())},
        {KEY: replace(ACCESS, expires_at=NOW)},
    ],
)
def test_a_key_that_was_revoked_is_expired_or_shows_another_secret_is_refused(
    keys: dict[UUID, KeyAccess],
) -> None:
    with pytest.raises(InvalidToken):
        find_key(read_key(TEXT), keys, NOW)


def test_a_key_without_an_end_does_not_expire() -> None:
    eternal = replace(ACCESS, expires_at=None)

    assert find_key(read_key(TEXT), {KEY: eternal}, NOW + timedelta(days=99_999))
