"""Tokens that mails bring: who shows one reads the mail of an address."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from domain.authentication.entities import SECRET_SIZE


class Purpose(StrEnum):
    """What a token is good for, and nothing else."""

    SIGN_UP = "sign-up"
    PASSWORD_RESET = "password-reset"  # noqa: S105  # The name of a purpose.
    EMAIL_CHANGE = "email-change"


LIVES = {
    Purpose.SIGN_UP: timedelta(hours=24),
    Purpose.PASSWORD_RESET: timedelta(hours=1),
    Purpose.EMAIL_CHANGE: timedelta(hours=24),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeToken:
    """What is kept of a token beside its hash; `email` is the address that it was sent to.

    Who signs up has no account yet: `password_hash` and `name` are those of the sign-up. Where
    there is an account, `password_hash` is that of its password when the token was asked for.
    """

    purpose: Purpose
    account_id: UUID | None
    email: str
    password_hash: str | None
    name: str | None
    created_at: datetime

    @property
    def expires_at(self) -> datetime:
        """From when on it is good for nothing."""
        return self.created_at + LIVES[self.purpose]


def new_token() -> str:
    """Make a token's text, which nobody can guess: base64url without padding."""
    return secrets.token_urlsafe(SECRET_SIZE)


def hash_of(token: str) -> bytes:
    """Give that by which a token is known; its text is kept nowhere."""
    return sha256(token.encode(errors="surrogatepass")).digest()


class OneTimeTokens(Protocol):
    """The tokens that may still come back, by the hashes of their texts."""

    async def put(self, hashed: bytes, token: OneTimeToken) -> None:
        """Keep a new token; the account that it names must exist."""
        ...

    async def get(self, hashed: bytes, purpose: Purpose, now: datetime) -> OneTimeToken | None:
        """Give it; None for one that is unknown, expired, or of another purpose."""
        ...

    async def take(self, hashed: bytes, purpose: Purpose, now: datetime) -> OneTimeToken | None:
        """Give it as `get` does, and forget it: of many who take one at once, one gets it."""
        ...

    async def newest(self, purpose: Purpose, email: str, now: datetime) -> OneTimeToken | None:
        """Give the one sent last to an address, in any spelling, that has not expired, or None."""
        ...

    async def discard_of_account(self, account_id: UUID) -> None:
        """Forget all of an account."""
        ...

    async def discard_sent_to(self, email: str) -> None:
        """Forget all that were sent to an address, in any spelling."""
        ...

    async def purge(self, expired_before: datetime, limit: int) -> int:
        """Remove at most `limit` tokens that expired before then; gives how many."""
        ...
