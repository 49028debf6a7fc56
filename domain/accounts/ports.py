"""What the use-cases of accounts ask of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.accounts.entities import Account
from domain.accounts.queries import AccountQuery
from domain.pagination import Page, PageRequest
from domain.permissions import Role
from domain.ports import Outbox


class Accounts(Protocol):
    """The accounts. One that was deleted is absent for every method but `purge`.

    Two addresses are the same when their `email_key` is.
    """

    async def add(self, account: Account) -> None:
        """Keep a new account; raises EmailTaken, and Conflict when its id is taken."""
        ...

    async def get(self, account_id: UUID) -> Account | None:
        """Give the account, or None."""
        ...

    async def get_for_change(self, account_id: UUID) -> Account | None:
        """Give the account, or None; nobody else can change it before this unit of work ends."""
        ...

    async def hold_active(self, role: Role, limit: int) -> Sequence[UUID]:
        """Give the active accounts with a role, at most `limit`, in the order of ids.

        Nobody else can change those before this unit of work ends.
        """
        ...

    async def find(self, email: str) -> Account | None:
        """Give the account with this address, in any spelling, or None."""
        ...

    async def save(self, account: Account) -> None:
        """Replace the kept account, whose version must be one less; else raises Conflict.

        Raises EmailTaken when another account has its address.
        """
        ...

    async def delete(self, account_id: UUID, deleted_at: datetime) -> None:
        """Make the account absent, and its address free; an absent one stays so."""
        ...

    async def list(self, request: PageRequest, query: AccountQuery) -> Page[Account]:
        """Give a page of the accounts that the query asks for, in an order as of authors."""
        ...

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Remove for good at most `limit` accounts deleted before then; gives how many.

        All that is kept of an account goes along.
        """
        ...


class AccountStores(Protocol):
    """The stores of accounts that share a unit of work."""

    @property
    def accounts(self) -> Accounts:
        """The accounts."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Where a change leaves its event."""
        ...
