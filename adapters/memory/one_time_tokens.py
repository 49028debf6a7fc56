"""One-time tokens in memory."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from domain.accounts.values import email_key
from domain.authentication.one_time_tokens import OneTimeToken, Purpose


class MemoryOneTimeTokens:
    """The fake of OneTimeTokens; a copy of it is the state of a transaction."""

    def __init__(self, tokens: dict[bytes, OneTimeToken] | None = None) -> None:
        self._tokens = tokens or {}

    def copy(self) -> "MemoryOneTimeTokens":
        """Give an independent copy."""
        return MemoryOneTimeTokens(dict(self._tokens))

    async def put(self, hashed: bytes, token: OneTimeToken) -> None:
        """Keep it."""
        self._tokens[hashed] = token

    async def get(self, hashed: bytes, purpose: Purpose, now: datetime) -> OneTimeToken | None:
        """Look it up."""
        token = self._tokens.get(hashed)
        good = token is not None and token.purpose is purpose and now < token.expires_at
        return token if good else None

    async def take(self, hashed: bytes, purpose: Purpose, now: datetime) -> OneTimeToken | None:
        """Look it up and forget it."""
        token = await self.get(hashed, purpose, now)
        if token is not None:
            del self._tokens[hashed]
        return token

    async def newest(self, purpose: Purpose, email: str, now: datetime) -> OneTimeToken | None:
        """Look for the newest to the address."""
        sent = [
            token
            for token in self._tokens.values()
            if token.purpose is purpose
            and email_key(token.email) == email_key(email)
            and now < token.expires_at
        ]
        return max(sent, key=lambda token: token.created_at, default=None)

    async def discard_of_account(self, account_id: UUID) -> None:
        """Forget an account's."""
        self._discard(lambda token: token.account_id == account_id)

    async def discard_sent_to(self, email: str) -> None:
        """Forget those to the address."""
        self._discard(lambda token: email_key(token.email) == email_key(email))

    async def purge(self, expired_before: datetime, limit: int) -> int:
        """Forget those that expired before then."""
        expired = [key for key, it in self._tokens.items() if it.expires_at < expired_before]
        for key in expired[:limit]:
            del self._tokens[key]
        return len(expired[:limit])

    def _discard(self, is_discarded: Callable[[OneTimeToken], bool]) -> None:
        for key in [key for key, token in self._tokens.items() if is_discarded(token)]:
            del self._tokens[key]
