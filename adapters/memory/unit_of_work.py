"""Transactions in memory."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from adapters.memory.accounts import MemoryAccounts, MemoryPasswords
from adapters.memory.api_keys import MemoryApiKeys
from adapters.memory.authors import MemoryAuthors
from adapters.memory.books import MemoryBooks
from adapters.memory.challenges import MemoryChallenges
from adapters.memory.identities import MemoryIdentities
from adapters.memory.kept_answers import MemoryKeptAnswers
from adapters.memory.mails import MemoryMails
from adapters.memory.one_time_tokens import MemoryOneTimeTokens
from adapters.memory.outbox import MemoryOutbox
from adapters.memory.second_factors import (
    MemoryPasskeys,
    MemoryRecoveryCodes,
    MemoryTOTPSecrets,
)
from adapters.memory.sessions import MemoryAccesses, MemorySessions

Result = TypeVar("Result")


class MemoryStores:
    """The stores that share a transaction. A new resource adds its line here."""

    def __init__(self) -> None:
        self.accounts = MemoryAccounts()
        self.api_keys = MemoryApiKeys()
        self.authors = MemoryAuthors()
        self.books = MemoryBooks()
        self.challenges = MemoryChallenges()
        self.identities = MemoryIdentities()
        self.one_time_tokens = MemoryOneTimeTokens()
        self.outbox = self.pending_events = MemoryOutbox()
        self.kept_answers = MemoryKeptAnswers()
        self.mails = self.pending_mails = MemoryMails()
        self.passwords = MemoryPasswords()
        self.sessions = MemorySessions()
        self.totp_secrets = MemoryTOTPSecrets()
        self.recovery_codes = MemoryRecoveryCodes()
        self.passkeys = MemoryPasskeys()

    @property
    def accesses(self) -> MemoryAccesses:
        """What the other stores hold together; it has nothing of its own to copy."""
        return MemoryAccesses(self.accounts, self.sessions, self.api_keys.live_of)

    def copy(self) -> "MemoryStores":
        """Give an independent copy: each store, under whichever names, is copied once."""
        copied = MemoryStores()
        copies = {id(store): store.copy() for store in vars(self).values()}
        for name, store in vars(self).items():
            setattr(copied, name, copies[id(store)])
        return copied


class MemoryUnitOfWork:
    """The fake of UnitOfWork: a unit works on a copy, which a commit puts in place."""

    def __init__(
        self,
        on_events: Callable[[], None] = lambda: None,
        on_mails: Callable[[], None] = lambda: None,
    ) -> None:
        self._committed = MemoryStores()
        self._writer = asyncio.Lock()
        self._on_events = on_events
        self._on_mails = on_mails

    async def run(self, unit: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        """Run `unit` on a copy of the state."""
        async with self._writer:
            working = self._committed.copy()
            result = await unit(working)
            self._committed = working
        if working.outbox.has_added:
            self._on_events()
        if working.mails.has_added:
            self._on_mails()
        return result

    async def read(self, query: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        """Run `query` on the committed state."""
        return await query(self._committed)
