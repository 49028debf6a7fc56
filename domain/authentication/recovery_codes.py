"""Codes that stand in for a lost second factor, each for once."""

import re
from hashlib import sha256
from secrets import choice
from uuid import UUID

RECOVERY_CODES = 10

# Crockford's base 32: none of its letters is taken for a digit. 16 of them are 80 random bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 16
_GROUP = 4
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})
_CODE = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")


def new_recovery_codes() -> tuple[str, ...]:
    """Give RECOVERY_CODES new codes, as people write them down: ABCD-EFGH-JKMN-PQRS."""
    return tuple(_new_code() for _ in range(RECOVERY_CODES))


def read_recovery_code(text: str) -> str | None:
    """Give the code that somebody typed, without what they may have misread; None for no code."""
    code = text.upper().translate(_MISREAD)
    return code if _CODE.fullmatch(code) else None


def hash_of_recovery_code(account_id: UUID, code: str) -> bytes:
    """Give what is kept of a code that was read.

    One SHA-256 does: who has the hashes would have to try 2**80 codes, and for each account anew,
    as its id goes in. So it costs a sign-in nothing, and the hash itself can be looked up.
    """
    return sha256(account_id.bytes + code.encode("ascii")).digest()


def _new_code() -> str:
    code = "".join(choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
