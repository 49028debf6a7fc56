"""Refresh tokens: their form, and how one gives way to the next.

A token is used once (RFC 9700, 4.14.2). Its successor is derived from it and from what is drawn at
its use, so that it can be given again to whoever lost the answer, though only hashes are kept.
"""

import binascii
import hashlib
import hmac
import secrets
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.authentication.entities import REFRESH_GRACE, SECRET_SIZE, RefreshState

PREFIX = "rt_"

_ID_SIZE = 16
_SIZE = _ID_SIZE + 2 * SECRET_SIZE


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RefreshToken:
    """A token of a session. `family` is what all tokens of the session have, `own` this one's."""

    session_id: UUID
    family: bytes
    own: bytes

    @property
    def text(self) -> str:
        """What the client keeps."""
        return PREFIX + _encoded(self.session_id.bytes + self.family + self.own)


def new_refresh_token(session_id: UUID) -> RefreshToken:
    """Draw the first token of a session."""
    family, own = secrets.token_bytes(SECRET_SIZE), secrets.token_bytes(SECRET_SIZE)
    return RefreshToken(session_id=session_id, family=family, own=own)


def first_state(token: RefreshToken, now: datetime) -> RefreshState:
    """Give what is kept of a session's first token."""
    return RefreshState(family=_hash(token.family), current=_hash(token.own), rotated_at=now)


def read_refresh_token(text: str) -> RefreshToken | None:
    """Give the token that a text is; None where it is none, to the letter."""
    try:
        data = b64decode(text.removeprefix(PREFIX) + "=", altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(data) != _SIZE or text != PREFIX + _encoded(data):
        return None
    family, own = data[_ID_SIZE:-SECRET_SIZE], data[-SECRET_SIZE:]
    return RefreshToken(session_id=UUID(bytes=data[:_ID_SIZE]), family=family, own=own)


def is_of(state: RefreshState, token: RefreshToken) -> bool:
    """Tell whether the token was once given for the session of this state."""
    return hmac.compare_digest(_hash(token.family), state.family)


def rotate(
    state: RefreshState, token: RefreshToken, now: datetime
) -> tuple[RefreshState, RefreshToken] | None:
    """Give the state after the use of a token that is of it, and the token's successor.

    The token before gives the same successor again as long as its grace lasts. None means that the
    token was used before: two have it, and one of them stole it.
    """
    own = _hash(token.own)
    if hmac.compare_digest(own, state.current):
        nonce = secrets.token_bytes(SECRET_SIZE)
        after = _successor(token, nonce)
        return (
            replace(state, current=_hash(after.own), previous=own, nonce=nonce, rotated_at=now),
            after,
        )
    if state.previous is None or state.nonce is None or now - state.rotated_at > REFRESH_GRACE:
        return None
    if not hmac.compare_digest(own, state.previous):
        return None
    return state, _successor(token, state.nonce)


def _successor(token: RefreshToken, nonce: bytes) -> RefreshToken:
    return replace(token, own=hmac.digest(token.own, nonce, hashlib.sha256))


def _hash(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
