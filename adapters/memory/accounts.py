"""Accounts in memory, with the hashes of their passwords."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from adapters.memory.lists import begin, page_of
from domain.accounts.entities import Account
from domain.accounts.errors import EmailTaken
from domain.accounts.queries import AccountQuery, position_of, words_of_account
from domain.accounts.values import email_key
from domain.errors import Conflict
from domain.pagination import Page, PageRequest
from domain.permissions import Role


class MemoryAccounts:
    """The fake of Accounts; a copy of it is the working state of a transaction."""

    def __init__(
        self,
        accounts: dict[UUID, Account] | None = None,
        deleted: dict[UUID, datetime] | None = None,
    ) -> None:
        self._accounts = accounts or {}
        self._deleted = deleted or {}

    def copy(self) -> "MemoryAccounts":
        """Give an independent copy."""
        return MemoryAccounts(dict(self._accounts), dict(self._deleted))

    async def add(self, account: Account) -> None:
        """Keep a new account."""
        if account.id in self._accounts:
            raise Conflict("A key is taken already.")
        self._check_email(account)
        self._accounts[account.id] = account

    async def get(self, account_id: UUID) -> Account | None:
        """Look one up."""
        return None if account_id in self._deleted else self._accounts.get(account_id)

    # A transaction in memory has the whole state to itself.
    get_for_change = get

    async def hold_active(self, role: Role, limit: int) -> Sequence[UUID]:
        """Look for the accounts with a role."""
        found = sorted(it.id for it in self._present() if it.role is role and it.is_active)
        return found[:limit]

    async def find(self, email: str) -> Account | None:
        """Look for the address."""
        key = email_key(email)
        return next((it for it in self._present() if email_key(it.email) == key), None)

    async def save(self, account: Account) -> None:
        """Replace the account of the version before."""
        stored = await self.get(account.id)
        if stored is None or stored.version != account.version - 1:
            raise Conflict(f"Account {account.id} is no longer at version {account.version - 1}.")
        self._check_email(account)
        self._accounts[account.id] = account

    async def delete(self, account_id: UUID, deleted_at: datetime) -> None:
        """Mark one as deleted."""
        if account_id in self._accounts:
            self._deleted.setdefault(account_id, deleted_at)

    async def list(self, request: PageRequest, query: AccountQuery) -> Page[Account]:
        """Give a page."""
        return page_of(
            [account for account in self._present() if _is_asked(account, query)],
            request,
            lambda account: position_of(account, query.sort),
            descending=query.descending,
        )

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Forget those deleted before then, the first deleted first."""
        oldest = sorted(self._deleted, key=lambda key: self._deleted[key])
        purged = [key for key in oldest if self._deleted[key] < deleted_before][:limit]
        for key in purged:
            del self._accounts[key], self._deleted[key]
        return len(purged)

    def _present(self) -> Sequence[Account]:
        return [account for key, account in self._accounts.items() if key not in self._deleted]

    def _check_email(self, account: Account) -> None:
        others = {email_key(it.email) for it in self._present() if it.id != account.id}
        if email_key(account.email) in others:
            raise EmailTaken


class MemoryPasswords:
    """The fake of Passwords; what an account leaves behind is nobody's, and found by nobody."""

    def __init__(self, hashes: dict[UUID, str] | None = None) -> None:
        self._hashes = hashes or {}

    def copy(self) -> "MemoryPasswords":
        """Give an independent copy."""
        return MemoryPasswords(dict(self._hashes))

    async def get(self, account_id: UUID) -> str | None:
        """Look it up."""
        return self._hashes.get(account_id)

    async def put(
        self,
        account_id: UUID,
        hashed: str,
        now: datetime,  # noqa: ARG002 - named by the port.
    ) -> None:
        """Keep it."""
        self._hashes[account_id] = hashed


def _is_asked(account: Account, query: AccountQuery) -> bool:
    is_disabled = account.disabled_at is not None
    return (
        begin(words_of_account(account), query.words)
        and query.role in {None, account.role}
        and query.is_disabled in {None, is_disabled}
    )
