"""Codes that change with the time (TOTP, RFC 6238): six digits, SHA-1 and steps of 30 seconds.

These are the values that every app for codes takes. SHA-1 is no weakness here: what is broken of it
is its resistance to collisions, on which HMAC does not rest.
"""

from base64 import b32encode
from datetime import datetime
from hmac import compare_digest, digest
from urllib.parse import quote, urlencode

# RFC 4226, 4: as long as the hash.
TOTP_SECRET_SIZE = 20
TOTP_DIGITS = 6
STEP_SECONDS = 30
# RFC 6238, 5.2: the code before and the one after are taken too, for clocks that differ.
DRIFT_STEPS = 1


def step_at(now: datetime) -> int:
    """Give the number of the step that a time is in."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """Give the code of a step (RFC 4226, 5.3)."""
    hashed = digest(secret, step.to_bytes(8), "sha1")
    offset = hashed[-1] & 0xF
    number = int.from_bytes(hashed[offset : offset + 4]) & 0x7FFF_FFFF
    return f"{number % 10**TOTP_DIGITS:0{TOTP_DIGITS}}"


def matching_step(secret: bytes, code: str, now: datetime, last_step: int) -> int | None:
    """Give the step near `now` whose code this is, with or without spaces; None for another one.

    No step up to `last_step` counts: RFC 6238, 5.2 has each code used once.
    """
    current, typed = step_at(now), "".join(code.split()).encode()
    for step in range(max(current - DRIFT_STEPS, last_step + 1), current + DRIFT_STEPS + 1):
        if compare_digest(code_at(secret, step).encode(), typed):
            return step
    return None


def text_of_secret(secret: bytes) -> str:
    """Give a secret as people type it into an app."""
    return b32encode(secret).decode("ascii")


def enrolment_uri(secret: bytes, email: str, issuer: str) -> str:
    """Give the URI that apps read from a QR code (the Key URI Format of Google Authenticator)."""
    values = {
        "secret": text_of_secret(secret),
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": TOTP_DIGITS,
        "period": STEP_SECONDS,
    }
    label = f"{quote(issuer, safe='')}:{quote(email, safe='')}"
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"
