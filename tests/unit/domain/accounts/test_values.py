"""Addresses: which are kept, how, and which are the same."""

import pytest

from domain.accounts.values import EMAIL_MAX_LENGTH, KEY_MAX_LENGTH, email_address, email_key
from domain.errors import InvalidValue


@pytest.mark.parametrize(
    "text, address",
    [
        ("name@example.org", "name@example.org"),
        ("  Name+tag@Example.ORG\n", "Name+tag@Example.ORG"),
        ("jose\u0301@example.org", "jos\u00e9@example.org"),
        ("ﷺ" * 29 + "@example.org", "ﷺ" * 29 + "@example.org"),
        ("a" * (EMAIL_MAX_LENGTH - 12) + "@example.org", "a" * 242 + "@example.org"),
    ],
)
def test_an_address_is_kept_as_it_is_written(text: str, address: str) -> None:
    assert email_address(text) == address
    assert len(email_key(address).encode()) <= KEY_MAX_LENGTH


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "name",
        "name@",
        "name@host",
        "@example.org",
        "name@.example.org",
        "name@example.org.",
        "na me@example.org",
        # Mail programs would take each of these for another address, or for several.
        '"a@b"@example.org',
        "eve@example.com,name@example.org",
        "eve@example.com>@example.org",
        "name(eve)@example.org",
        "Name:eve@example.com;@example.org",
        "name@[127.0.0.1]",
        "name\r\nBcc:other@example.org",
        "name@example.org\u200b",
        "a" * (EMAIL_MAX_LENGTH - 11) + "@example.org",
        "ﷺ" * 31 + "@example.org",
    ],
)
def test_what_no_mail_could_reach_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        email_address(text)
    assert caught.value.field == "email"


@pytest.mark.parametrize(
    "spelling",
    ["Straße@Example.org", "STRASSE@EXAMPLE.ORG", "ｓｔｒａｓｓｅ@example.org"],  # noqa: RUF001  # Meant.
)
def test_spellings_of_one_address_have_one_key(spelling: str) -> None:
    assert email_key(spelling) == "strasse@example.org"
    assert email_key(email_key(spelling)) == email_key(spelling)
