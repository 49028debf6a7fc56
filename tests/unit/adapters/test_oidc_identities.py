"""What is read from the claims of a provider about somebody."""

import pytest

from adapters.oidc.identities import identity_of
from domain.authentication.identities import Identity

EMAIL = "somebody@example.org"
CLAIMS = {"sub": "1", "email": EMAIL, "email_verified": True, "name": " 김소월 "}


def test_somebody_with_all_claims() -> None:
    assert identity_of("https://acme.test", CLAIMS) == Identity(
        issuer="https://acme.test", subject="1", email=EMAIL, email_verified=True, name="김소월"
    )


@pytest.mark.parametrize(
    "verified,expected",
    [
        (True, True),
        ("true", True),  # As Apple has it.
        (False, False),
        (None, False),
        ("false", False),
        ("True", False),
        (1, False),
        ("yes", False),
        ([True], False),
        ({}, False),
    ],
    ids=repr,
)
def test_an_address_is_verified_where_the_provider_says_just_that(
    verified: object, *, expected: bool
) -> None:
    assert identity_of("i", {**CLAIMS, "email_verified": verified}).email_verified is expected


@pytest.mark.parametrize(
    "email",
    ["", "no address", [EMAIL], 7, None, "a\0@example.org", "\ud800@example.org", "a@b@", "@"],
    ids=repr,
)
def test_what_is_no_address_is_none_and_not_verified(email: object) -> None:
    identity = identity_of("i", {**CLAIMS, "email": email})

    assert (identity.email, identity.email_verified) == (None, False)


@pytest.mark.parametrize(
    "name", ["", "  ", "a\nb", "a\x1bb", "\u2028", "\ud800", "n" * 201, {"first": "a"}, 7], ids=repr
)
def test_what_is_no_name_is_none(name: object) -> None:
    assert identity_of("i", {**CLAIMS, "name": name}).name is None


def test_a_name_is_kept_in_normal_form() -> None:
    assert identity_of("i", {**CLAIMS, "name": "e\u0301"}).name == "é"
