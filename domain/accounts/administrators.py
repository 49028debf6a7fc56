"""The rule that there is an administrator who can sign in, once there was one."""

from uuid import UUID

from domain.accounts.entities import Account
from domain.accounts.errors import LastAdministrator
from domain.accounts.ports import Accounts
from domain.permissions import Role


async def get_to_take_away(accounts: Accounts, account_id: UUID) -> Account | None:
    """Give an account as `Accounts.get_for_change` does, that may stop being an administrator.

    Administrators are held first, in the order of ids: units that take away one another's wait for
    each other, and in no circle.
    """
    found = await accounts.get(account_id)
    if found is not None and _is_active_administrator(found):
        await _held(accounts)
    return await accounts.get_for_change(account_id)


async def check_another_stays(accounts: Accounts, account: Account) -> None:
    """Raise LastAdministrator for the only active administrator; else another one is held."""
    if _is_active_administrator(account) and await _held(accounts) <= {account.id}:
        raise LastAdministrator


async def _held(accounts: Accounts) -> frozenset[UUID]:
    # One of two is another one, whichever goes.
    return frozenset(await accounts.hold_active(Role.ADMIN, 2))


def _is_active_administrator(account: Account) -> bool:
    return account.role is Role.ADMIN and account.is_active
