"""Values that accounts are made of."""

import unicodedata

from domain.errors import InvalidValue

# RFC 5321, 4.5.3.1.3, less the angle brackets around a path.
EMAIL_MAX_LENGTH = 254
# Of the key: some characters fold to eighteen others, which no address that is meant well has.
KEY_MAX_LENGTH = 1024
# What has a meaning of its own around an address (RFC 5322, 3.2.3): it would address somebody else.
# A local part in quotes could have it, and hardly anybody has one.
_SPECIALS = frozenset('()<>[]:;@\\,"')


def email_address(text: str) -> str:
    """Give the address as it is kept; raises InvalidValue for what no mail could reach.

    Who can read its mail is found out by sending some: the form is checked for slips only.
    """
    address = unicodedata.normalize("NFC", text.strip())
    if any(unicodedata.category(character)[0] in "CZ" for character in address):
        raise InvalidValue("email", "must have no spaces or control characters")
    local, at, domain = address.rpartition("@")
    if not (at and local and "." in domain.strip(".")) or domain != domain.strip("."):
        raise InvalidValue("email", "must be an address like name@example.org")
    if not _SPECIALS.isdisjoint(local + domain):
        raise InvalidValue("email", "must have none of " + " ".join(sorted(_SPECIALS)))
    if len(address.encode()) > EMAIL_MAX_LENGTH:
        raise InvalidValue("email", f"must have at most {EMAIL_MAX_LENGTH} bytes")
    if len(email_key(address).encode()) > KEY_MAX_LENGTH:
        raise InvalidValue("email", "must have fewer characters that stand for several others")
    return address


def email_key(address: str) -> str:
    """Give what is the same for all spellings of one address.

    RFC 5321 lets a host tell cases apart in its local part, and hardly one does: two accounts that
    differ in nothing else would be a trap.
    """
    folded = unicodedata.normalize("NFKC", address).casefold()
    return unicodedata.normalize("NFKC", folded)
