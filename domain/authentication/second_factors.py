"""The second factors of accounts, and what a code of one proves."""

import logging
from dataclasses import replace
from functools import partial
from uuid import UUID

from domain.authentication.entities import Method
from domain.authentication.errors import CodesUnusable, InvalidSecondFactor
from domain.authentication.events import RECOVERY_CODE_USED, account_event
from domain.authentication.factor_ports import FactorStores, Sealer
from domain.authentication.factors import TOTP_PURPOSE, TOTPSecret
from domain.authentication.guesses import Guesses
from domain.authentication.recovery_codes import hash_of_recovery_code, read_recovery_code
from domain.authentication.totp import matching_step
from domain.errors import CorruptedValue
from domain.ports import Clock, Identifiers, UnitOfWork

logger = logging.getLogger(__name__)


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
        self._has_warned = False

    async def required(self, account_id: UUID) -> tuple[Method, ...]:
        """Give those that the account has."""
        return await self._unit_of_work.read(lambda stores: methods_of(stores, account_id))

    async def check(self, account_id: UUID, code: str) -> Method:
        """Use a code up, and tell of which factor it is.

        Raises InvalidSecondFactor, CodesUnusable and TooManyAttempts.
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
        shared = self._shared(secret)
        step = matching_step(shared, code, now, secret.last_step)
        if step is None:
            return False
        # Sealed anew, it needs no former key any more.
        sealed = self._sealer.seal(shared, TOTP_PURPOSE, account_id)
        await stores.totp_secrets.put(replace(secret, sealed=sealed, last_step=step), now)
        return True

    def _shared(self, secret: TOTPSecret) -> bytes:
        try:
            return self._sealer.unseal(secret.sealed, TOTP_PURPOSE, secret.account_id)
        except CorruptedValue as error:
            self._warn(error)
            raise CodesUnusable from error

    def _warn(self, error: CorruptedValue) -> None:
        # Whose turn comes next has the same trouble, as often as people try.
        if not self._has_warned:
            self._has_warned = True
            logger.error(
                "The codes of an app can't be checked. %s Where that is lost, owners use recovery "
                "codes, and `flask accounts remove-factors` helps those without. Other accounts "
                "may have the same trouble: each process tells of it once.",
                error,
            )

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
