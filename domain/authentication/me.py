"""What people do with the account that they are signed in to."""

from typing import TypedDict

from domain.accounts.entities import Account
from domain.accounts.events import ACCOUNT_CHANGED
from domain.authentication.account_changes import KIND, ConfirmedUseCases
from domain.authentication.confirmation import Confirmation
from domain.authentication.ports import AuthenticationStores
from domain.callers import signed_in_account
from domain.entities import Expected, at_version, changed, present


class MyChanges(TypedDict, total=False):
    """What somebody changes of their own account; what is absent stays as it is."""

    name: str | None


class Me(ConfirmedUseCases):
    """The use-cases of one's own account. Nobody, and no key, can call them."""

    async def read(self) -> Account:
        """Give the account; raises NotAuthenticated and NotPermitted, as all of these do."""
        account_id = signed_in_account()
        found = await self._unit_of_work.read(lambda stores: stores.accounts.get(account_id))
        return present(KIND, account_id, found)

    async def change(self, changes: MyChanges, expected: Expected = None) -> Account:
        """Change some details and give the account as it is then.

        Safe to repeat. Raises NotFound, StaleVersion and InvalidValue.
        """
        account_id = signed_in_account()

        async def change(stores: AuthenticationStores) -> Account:
            found = await stores.accounts.get_for_change(account_id)
            before = at_version(KIND, account_id, found, expected)
            after, fields = changed(before, changes, self._clock.now())
            if not fields:
                return before
            await stores.accounts.save(after)
            event = self._event(ACCOUNT_CHANGED, account_id, after.updated_at, fields=fields)
            await stores.outbox.add(event)
            return after

        return await self._unit_of_work.run(change)

    async def delete(self, confirmation: Confirmation) -> None:
        """Make the account absent and its address free, and end its sessions.

        What is kept of it is removed for good after the time that deleted things are kept. Raises
        ConfirmationRequired, TooManyAttempts, NotFound and LastAdministrator.
        """
        account_id = signed_in_account()
        await self._confirmations.confirm(account_id, confirmation)
        await self._delete(account_id)
