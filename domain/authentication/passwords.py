"""Which passwords may be set: NIST SP 800-63B-4, 3.1.1.2."""

import unicodedata
from functools import cache
from importlib.resources import files

from domain.accounts.values import email_key
from domain.errors import InvalidValue

MIN_LENGTH = 8
MAX_LENGTH = 128

# Names under which people know this service.
SERVICE_NAMES = frozenset({"imflask", "imflask-asgi", "imflaskasgi"})

# Not assigned: what a later Unicode makes of it is not known (UAX #15, 12.1). Half of a surrogate
# pair is no character.
_UNSTABLE = frozenset({"Cn", "Cs"})


def normalised(password: str) -> str:
    """Give what is the same for all ways to type one password: Unicode's normal form KC.

    NIST names KC or KD. C would not do: an input method that is set to full-width letters, as those
    for Chinese, Japanese and Korean have them, types other characters that look the same.
    """
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, email: str) -> None:
    """Raise InvalidValue for a password that may not be set for the account with this address.

    Its length is that of its normal form in characters. There are no rules about which ones, and
    none is cut off.
    """
    normal = normalised(password)
    if not MIN_LENGTH <= len(normal) <= MAX_LENGTH:
        raise InvalidValue("password", f"must have {MIN_LENGTH} to {MAX_LENGTH} characters")
    if any(unicodedata.category(character) in _UNSTABLE for character in normal):
        raise InvalidValue("password", "must have no characters that Unicode does not define")
    # Folded as addresses are: how it is written makes it no harder to guess.
    folded = email_key(normal)
    if folded in _common_passwords():
        raise InvalidValue("password", "must be none of those that most people use")
    if folded in _names_of(email) | SERVICE_NAMES:
        raise InvalidValue("password", "must be neither the address nor the service's name")


def _names_of(email: str) -> frozenset[str]:
    key = email_key(email)
    local, _, _ = key.rpartition("@")
    return frozenset({key, local})


@cache
def _common_passwords() -> frozenset[str]:
    """Read the list, at the first password that is set."""
    lines = files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(lines.split("\n")) - {""}
