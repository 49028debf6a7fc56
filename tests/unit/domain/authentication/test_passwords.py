"""Which passwords may be set."""

import pytest

from domain.authentication.passwords import _common_passwords, check_password, normalised
from domain.errors import InvalidValue

EMAIL = "Han.Kang@Example.org"


def full_width(text: str) -> str:
    """Write ASCII as an input method for Korean or Japanese may do."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.mark.parametrize(
    "password",
    [
        "eight ch",
        "no rules about digits or capitals",
        "한강은흐른다정말로",
        "🙂" * 8,
        "x" * 127 + "y",
        " \t leading and trailing are kept \n",
        "aaaaaaaa",
        "han.kang@example.com",
    ],
)
def test_what_may_be_set(password: str) -> None:
    check_password(password, EMAIL)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "7 chars",
        # Seven characters in the normal form, eight as it was typed.
        "se\u0301ptmo",
        "x" * 129,
        # One character stands for eighteen.
        "\ufdfa" * 8,
    ],
)
def test_its_length_is_that_of_the_normal_form(password: str) -> None:
    with pytest.raises(InvalidValue, match="8 to 128 characters"):
        check_password(password, EMAIL)


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PassWord",
        "12345678",
        "qwertyuiop",
        full_width("password"),
        "letmein1",
        "iloveyou2",
    ],
)
def test_the_commonest_are_refused_however_they_are_written(password: str) -> None:
    with pytest.raises(InvalidValue, match="most people"):
        check_password(password, EMAIL)


@pytest.mark.parametrize(
    "password",
    ["han.kang@example.org", "HAN.KANG", full_width("han.kang"), "IMFlask-ASGI"],
)
def test_the_address_and_the_service_are_refused(password: str) -> None:
    with pytest.raises(InvalidValue, match="neither"):
        check_password(password, EMAIL)


@pytest.mark.parametrize("character", ["\ud83d", "\u0378"])
def test_what_unicode_does_not_define_is_refused(character: str) -> None:
    with pytest.raises(InvalidValue, match="Unicode"):
        check_password("long enough " + character, EMAIL)


def test_the_refusal_does_not_quote_the_password() -> None:
    with pytest.raises(InvalidValue) as caught:
        check_password("password1", EMAIL)

    assert caught.value.field == "password"
    assert "password1" not in str(caught.value)


def test_all_ways_to_type_one_password_are_one() -> None:
    assert normalised("jose\u0301") == normalised("jos\u00e9") == normalised("\uff4aos\u00e9")
    assert normalised(" A") != normalised("a")


def test_the_list_has_more_than_the_ten_thousand_commonest() -> None:
    assert len(_common_passwords()) > 10_000
    assert all(len(password) >= 8 and password.isascii() for password in _common_passwords())
