"""The second factors of accounts, and what a code of one proves."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from domain.authentication.entities import Method
from domain.authentication.errors import InvalidSecondFactor
from domain.authentication.events import RECOVERY_CODE_USED, account_event
from domain.authentication.factor_ports import FactorStores, Sealer
from domain.authentication.factors import TOTP_PURPOSE
from domain.authentication.guesses import Guesses
from domain.authentication.recovery_codes import hash_of_recovery_code, read_recovery_code
from domain.authentication.totp import matching_step
from domain.ports import Clock, Identifiers, UnitOfWork


class AccountFactors:
    """The SecondFactors of all accounts, over their stores."""

    def __init__(
        self,
        unit_of_work: UnitOfWork[FactorStores],
        clock: Clock,
        identifiers: Identifiers,
        *,
        guesses: Guesses,
        sealer: Sealer,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._guesses = guesses
        self._sealer = sealer
        self._clock = clock
        self._identifiers = identifiers

    async def required(self, account_id: UUID) -> tuple[Method, ...]:
        """Give those that the account has."""
        return await self._unit_of_work.read(lambda stores: methods_of(stores, account_id))

    async def check(self, account_id: UUID, code: str) -> Method:
        """Use a code up, and tell of which factor it is.

        Raises InvalidSecondFactor and TooManyAttempts.
        """
        recovery_code = read_recovery_code(code)
        if recovery_code is None:
            charges = await self._guesses.code(account_id)
            unit, method = partial(self._use_code, code=code), Method.TOTP
        else:
            charges = await self._guesses.recovery_code(account_id)
            hashed = hash_of_recovery_code(account_id, recovery_code)
            unit, method = partial(self._use_recovery_code, hashed=hashed), Method.RECOVERY_CODE
        if not await self._unit_of_work.run(partial(unit, account_id=account_id)):
            raise InvalidSecondFactor
        await self._guesses.was_right(charges)
        return method

    async def _use_code(self, stores: FactorStores, account_id: UUID, code: str) -> bool:
        # Of the same code at once, each waits here for the one before, and finds its step used.
        secret = await stores.totp_secrets.get_for_change(account_id)
        if secret is None or secret.confirmed_at is None:
            return False
        now = self._clock.now()
        shared = self._sealer.unseal(secret.sealed, TOTP_PURPOSE, account_id)
        step = matching_step(shared, code, now, secret.last_step)
        if step is None:
            return False
        await stores.totp_secrets.put(replace(secret, last_step=step), now)
        return True

    async def _use_recovery_code(
        self, stores: FactorStores, account_id: UUID, hashed: bytes
    ) -> bool:
        if not await stores.recovery_codes.use(account_id, hashed):
            return False
        left = await stores.recovery_codes.count(account_id)
        event = account_event(
            self._identifiers.new(), RECOVERY_CODE_USED, account_id, self._clock.now(), left=left
        )
        await stores.outbox.add(event)
        return True


async def methods_of(stores: FactorStores, account_id: UUID) -> tuple[Method, ...]:
    """Give the second factors that an account has; recovery codes are none by themselves."""
    secret = await stores.totp_secrets.get(account_id)
    methods = [Method.TOTP] if secret is not None and secret.confirmed_at is not None else []
    methods += [Method.PASSKEY] if await stores.passkeys.of(account_id) else []
    if methods and await stores.recovery_codes.count(account_id):
        methods.append(Method.RECOVERY_CODE)
    return tuple(methods)
