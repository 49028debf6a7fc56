"""What administrators do with accounts. None of it shows or sets what somebody signs in with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from domain.accounts.administrators import check_another_stays, get_to_take_away
from domain.accounts.entities import Account
from domain.accounts.events import (
    ACCOUNT_DISABLED,
    ACCOUNT_ENABLED,
    ACCOUNT_ROLE_CHANGED,
)
from domain.accounts.queries import AccountQuery, check_position
from domain.authentication.account_changes import KIND, AccountUseCases
from domain.authentication.events import SESSION_ENDED
from domain.authentication.ports import AuthenticationStores
from domain.callers import requires
from domain.entities import Expected, at_version, changed, present
from domain.events import Event
from domain.pagination import Page, PageRequest
from domain.permissions import Permission, Role


class AccountChanges(TypedDict, total=False):
    """What an administrator changes of an account; what is absent stays as it is."""

    role: Role
    is_disabled: bool


class AccountAdministration(AccountUseCases):
    """The use-cases of those who administer accounts. There is always one who can sign in."""

    @requires(Permission.READ_ACCOUNTS)
    async def list_accounts(
        self, request: PageRequest, query: AccountQuery | None = None
    ) -> Page[Account]:
        """Give a page of the accounts that the query asks for; without one of all, oldest first.

        Raises InvalidValue for a position of a list that is sorted in another way.
        """
        asked = query or AccountQuery()
        check_position(request.after, asked.sort)
        return await self._unit_of_work.read(lambda stores: stores.accounts.list(request, asked))

    @requires(Permission.READ_ACCOUNTS)
    async def get_account(self, account_id: UUID) -> Account:
        """Give one account; raises NotFound."""
        found = await self._unit_of_work.read(lambda stores: stores.accounts.get(account_id))
        return present(KIND, account_id, found)

    @requires(Permission.READ_ACCOUNTS)
    async def find_account(self, email: str) -> Account | None:
        """Give the account with this address, in any spelling, or None."""
        return await self._unit_of_work.read(lambda stores: stores.accounts.find(email))

    @requires(Permission.READ_ACCOUNTS)
    async def has_administrator(self) -> bool:
        """Tell whether an administrator can sign in."""
        found = await self._unit_of_work.run(
            lambda stores: stores.accounts.hold_active(Role.ADMIN, 1)
        )
        return bool(found)

    @requires(Permission.CHANGE_ACCOUNTS)
    async def change_account(
        self, account_id: UUID, changes: AccountChanges, expected: Expected = None
    ) -> Account:
        """Change the role, disable or enable; both count from the account's next request on.

        The sessions of an account that is disabled end: who is enabled again signs in again. Safe
        to repeat. Raises NotFound, StaleVersion and LastAdministrator.
        """

        async def change(stores: AuthenticationStores) -> Account:
            found = await get_to_take_away(stores.accounts, account_id)
            before = at_version(KIND, account_id, found, expected)
            now = self._clock.now()
            after, fields = changed(before, _values(before, changes, now), now)
            if not fields:
                return before
            if after.role is not Role.ADMIN or after.disabled_at is not None:
                await check_another_stays(stores.accounts, before)
            await stores.accounts.save(after)
            ended = await _end_sessions_if_disabled(stores, after, now)
            await stores.outbox.add(*self._events(before, after, len(ended)))
            return after

        return await self._run_and_forget(account_id, change)

    @requires(Permission.CHANGE_ACCOUNTS)
    async def delete_account(self, account_id: UUID, expected: Expected = None) -> None:
        """Make an account absent and its address free, and end its sessions.

        Raises NotFound, also when it is absent already, StaleVersion and LastAdministrator.
        """
        await self._delete(account_id, expected)

    @requires(Permission.CHANGE_ACCOUNTS)
    async def end_sessions(self, account_id: UUID) -> int:
        """End all sessions of an account; gives how many. Its API keys stay. Raises NotFound."""

        async def end(stores: AuthenticationStores) -> int:
            present(KIND, account_id, await stores.accounts.get_for_change(account_id))
            now = self._clock.now()
            ended = await stores.sessions.end_all(account_id, now, but=None)
            if ended:
                event = self._event(SESSION_ENDED, account_id, now, sessions=len(ended))
                await stores.outbox.add(event)
            return len(ended)

        return await self._run_and_forget(account_id, end)

    def _events(self, before: Account, after: Account, sessions: int) -> list[Event]:
        events, now = [], after.updated_at
        if after.role is not before.role:
            roles = {"before": before.role, "after": after.role}
            events.append(self._event(ACCOUNT_ROLE_CHANGED, after.id, now, **roles))
        if before.disabled_at is None and after.disabled_at is not None:
            events.append(self._event(ACCOUNT_DISABLED, after.id, now, sessions=sessions))
        if before.disabled_at is not None and after.disabled_at is None:
            events.append(self._event(ACCOUNT_ENABLED, after.id, now))
        return events


def _values(before: Account, changes: AccountChanges, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "role" in changes:
        values["role"] = changes["role"]
    if "is_disabled" in changes:
        values["disabled_at"] = (before.disabled_at or now) if changes["is_disabled"] else None
    return values


async def _end_sessions_if_disabled(
    stores: AuthenticationStores, account: Account, now: datetime
) -> Sequence[UUID]:
    if account.disabled_at is None:
        return ()
    return await stores.sessions.end_all(account.id, now, but=None)
