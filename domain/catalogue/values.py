"""Values of which what the catalogue holds is made."""

import re
from dataclasses import dataclass
from typing import TypedDict

from domain.catalogue.currencies import CURRENCIES
from domain.errors import InvalidValue

MAX_AMOUNT = 10**12
ISBN_MAX_LENGTH = 40
LANGUAGE_MAX_LENGTH = 35

_ISBN10 = re.compile(r"[0-9]{9}[0-9X]")
_ISBN13 = re.compile(r"97[89][0-9]{10}")

# A "langtag" of RFC 5646, section 2.1, in lower case.
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"
    r"(?:-[a-z]{4})?"
    r"(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
)
_REGION_LENGTH = 2
_SCRIPT_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in the minor units of a currency of ISO 4217: cents of USD, won of KRW.

    Raises InvalidValue for an amount out of bounds and for a currency that there is not.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= MAX_AMOUNT:
            raise InvalidValue("price", f"must have an amount from 0 to {MAX_AMOUNT}")
        if self.currency not in CURRENCIES:
            raise InvalidValue("price", "must have a currency of ISO 4217")


class PriceChanges(TypedDict, total=False):
    """New values for a part of a price; a key that is absent keeps it, None removes it."""

    amount: int | None
    currency: str | None


def changed_price(price: Price | None, changes: PriceChanges) -> Price | None:
    """Give the price with the changes, None where nothing is left of it.

    Raises InvalidValue for half a price.
    """
    amount = changes.get("amount", price.amount if price else None)
    currency = changes.get("currency", price.currency if price else None)
    if amount is None and currency is None:
        return None
    if amount is None or currency is None:
        raise InvalidValue("price", "must have an amount and a currency")
    return Price(amount, currency)


def isbn13(text: str) -> str:
    """Give the 13 digits of an ISBN of 10 or 13 digits, between which may be hyphens and spaces.

    Raises InvalidValue for any other text, and where the check digit (ISO 2108) is wrong.
    """
    if len(text) <= ISBN_MAX_LENGTH:
        digits = text.replace("-", "").replace(" ", "").upper()
        if _ISBN13.fullmatch(digits) and _check13(digits[:-1]) == digits[-1]:
            return digits
        if _ISBN10.fullmatch(digits) and _check10(digits[:-1]) == digits[-1]:
            return f"978{digits[:-1]}{_check13('978' + digits[:-1])}"
    raise InvalidValue("isbn", "must be an ISBN of 10 or 13 digits whose check digit is right")


def _check13(digits: str) -> str:
    return str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10)


def _check10(digits: str) -> str:
    check = -sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11
    return "0123456789X"[check]


def language_tag(text: str) -> str:
    """Give a language tag (BCP 47) in its usual case (RFC 5646, section 2.1.1): `zh-Hant-TW`.

    Raises InvalidValue for what is none; whether its parts are registered is not looked up.
    """
    tag = text.lower()
    if len(text) > LANGUAGE_MAX_LENGTH or not text.isascii() or not _LANGUAGE.fullmatch(tag):
        raise InvalidValue("language", "must be a language tag (BCP 47), like ko or zh-Hant-TW")
    first, *subtags = tag.split("-")
    parts, is_usual = [first], True
    for subtag in subtags:
        # Behind a single letter or digit stands what is not the language's own.
        is_usual = is_usual and len(subtag) > 1
        parts.append(_in_usual_case(subtag) if is_usual else subtag)
    return "-".join(parts)


def _in_usual_case(subtag: str) -> str:
    if len(subtag) == _REGION_LENGTH:
        return subtag.upper()
    return subtag.capitalize() if len(subtag) == _SCRIPT_LENGTH else subtag
