"""What operators do for who has lost every second factor."""

from collections.abc import Sequence
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.entities import Method
from domain.authentication.errors import NoSecondFactor
from domain.authentication.events import FACTORS_REMOVED
from domain.authentication.factor_changes import FactorUseCases
from domain.authentication.factor_ports import FactorStores
from domain.authentication.second_factors import methods_of
from domain.callers import requires
from domain.permissions import Permission


class FactorRemoval(FactorUseCases):
    """Makes an account one that a password alone signs in.

    Whoever asks for it has to be known by other means: it is what an attacker would ask for.
    """

    @requires(Permission.CHANGE_ACCOUNTS)
    async def remove_all(self, account_id: UUID) -> Sequence[Method]:
        """Remove all second factors of an account; gives which. Its owner hears of it by mail.

        Raises NotFound and NoSecondFactor.
        """

        async def remove(stores: FactorStores, account: Account) -> Sequence[Method]:
            methods, now = await methods_of(stores, account_id), self._clock.now()
            if not methods:
                raise NoSecondFactor
            await stores.totp_secrets.remove(account_id)
            for passkey in await stores.passkeys.of(account_id):
                await stores.passkeys.remove(account_id, passkey.id)
            await stores.recovery_codes.replace(account_id, (), now)
            await self._tell(stores, FACTORS_REMOVED, account, now, None, methods=methods)
            return methods

        return await self._change(account_id, remove)
