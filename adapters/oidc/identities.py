"""Who somebody is, from what a provider says of them."""

import unicodedata
from collections.abc import Mapping

from domain.accounts.entities import NAME_MAX_LENGTH
from domain.accounts.values import email_address
from domain.authentication.identities import Identity
from domain.errors import InvalidValue
from domain.text import check_line


def identity_of(issuer: str, claims: Mapping[str, object]) -> Identity:
    """Read the claims of somebody; what has not the form that it must have here is left out."""
    email = _email(claims.get("email"))
    # Some providers, Apple among them, send the boolean as text.
    told = claims.get("email_verified")
    return Identity(
        issuer=issuer,
        subject=str(claims["sub"]),
        email=email,
        email_verified=(told is True or told == "true") and email is not None,
        name=_name(claims.get("name")),
    )


def _email(value: object) -> str | None:
    try:
        return email_address(value) if isinstance(value, str) else None
    except (InvalidValue, UnicodeError):
        return None


def _name(value: object) -> str | None:
    if not isinstance(value, str) or any(_is_no_text(character) for character in value):
        return None
    try:
        name = unicodedata.normalize("NFC", value.strip())
        check_line("name", name, NAME_MAX_LENGTH)
    except InvalidValue:
        return None
    return name


def _is_no_text(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
