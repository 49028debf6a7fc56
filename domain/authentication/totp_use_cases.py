"""What people do with codes of an app, and with recovery codes."""

from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_bytes

from domain.accounts.entities import Account
from domain.authentication.confirmation import Confirmation, Confirmations
from domain.authentication.entities import Client
from domain.authentication.errors import CodesEnabled, NoSecondFactor
from domain.authentication.events import (
    RECOVERY_CODES_RENEWED,
    TOTP_ENABLED,
    TOTP_REMOVED,
)
from domain.authentication.factor_changes import FactorUseCases, renew_recovery_codes
from domain.authentication.factor_ports import FactorStores, Sealer
from domain.authentication.factors import TOTP_PURPOSE, TOTPSecret
from domain.authentication.guesses import Guesses
from domain.authentication.second_factors import methods_of
from domain.authentication.totp import (
    TOTP_SECRET_SIZE,
    enrolment_uri,
    matching_step,
    text_of_secret,
)
from domain.callers import signed_in_account
from domain.errors import CorruptedValue, InvalidValue
from domain.ports import Clock, Identifiers, UnitOfWork

_NOT_SHOWN = "is not what the app shows at present"
_NOT_BEGUN = "comes too late, or before a secret was asked for; ask for one"


@dataclass(frozen=True, slots=True, repr=False)
class Enrolment:
    """What an app has to know to make codes: the same as text to type and as URI to scan.

    It is of no use unless it is enabled before `expires_at`.
    """

    secret: str
    uri: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorsOverview:
    """Which second factors an account has; how many recovery codes are left."""

    totp_enabled_at: datetime | None
    passkeys: int
    recovery_codes: int


class TOTPUseCases(FactorUseCases):
    """The use-cases of codes. `issuer` is what apps show beside the account's address."""

    def __init__(  # noqa: PLR0913  # More ports than most, and a name.
        self,
        unit_of_work: UnitOfWork[FactorStores],
        confirmations: Confirmations,
        clock: Clock,
        identifiers: Identifiers,
        *,
        guesses: Guesses,
        sealer: Sealer,
        issuer: str,
    ) -> None:
        super().__init__(unit_of_work, confirmations, clock, identifiers)
        self._guesses = guesses
        self._sealer = sealer
        self._issuer = issuer

    async def read(self) -> FactorsOverview:
        """Tell which second factors the account has."""
        account_id = signed_in_account()

        async def read(stores: FactorStores) -> FactorsOverview:
            secret = await stores.totp_secrets.get(account_id)
            return FactorsOverview(
                totp_enabled_at=None if secret is None else secret.confirmed_at,
                passkeys=len(await stores.passkeys.of(account_id)),
                recovery_codes=await stores.recovery_codes.count(account_id),
            )

        return await self._unit_of_work.read(read)

    async def begin(self, confirmation: Confirmation) -> Enrolment:
        """Give a new secret, which counts for nothing until a code of it is shown.

        Raises CodesEnabled, and what confirmations raise. Each call ends what one before began.
        """
        account_id, secret = signed_in_account(), token_bytes(TOTP_SECRET_SIZE)
        await self._confirmations.confirm(account_id, confirmation)
        sealed = self._sealer.seal(secret, TOTP_PURPOSE, account_id)

        async def begin(stores: FactorStores, account: Account) -> Enrolment:
            known = await stores.totp_secrets.get_for_change(account_id)
            _check_not_enabled(known)
            now = self._clock.now()
            kept = TOTPSecret(
                account_id=account_id, sealed=sealed, confirmed_at=None, last_step=0, created_at=now
            )
            await stores.totp_secrets.put(kept, now)
            uri = enrolment_uri(secret, account.email, self._issuer)
            return Enrolment(text_of_secret(secret), uri, kept.expires_at)

        return await self._change(account_id, begin)

    async def enable(self, code: str, client: Client) -> tuple[str, ...]:
        """Ask for codes from now on, for one shows that an app makes them; gives recovery codes.

        They take the place of those before. Raises CodesEnabled, TooManyAttempts, and InvalidValue
        for a code that is not the present one, or where nothing was begun in time.
        """
        account_id = signed_in_account()
        begun = await self._unit_of_work.read(lambda stores: stores.totp_secrets.get(account_id))
        if begun is None:
            raise InvalidValue("code", _NOT_BEGUN)
        charges = await self._guesses.code(account_id)

        async def enable(stores: FactorStores, account: Account) -> tuple[str, ...]:
            now = self._clock.now()
            known = await stores.totp_secrets.get_for_change(account_id)
            _check_not_enabled(known)
            if known is None or now >= known.expires_at:
                raise InvalidValue("code", _NOT_BEGUN)
            step = self._step_of(known, code, now)
            if step is None:
                raise InvalidValue("code", _NOT_SHOWN)
            confirmed = replace(known, confirmed_at=now, last_step=step)
            await stores.totp_secrets.put(confirmed, now)
            await self._tell(stores, TOTP_ENABLED, account, now, client)
            return await renew_recovery_codes(stores, account_id, now)

        codes = await self._change(account_id, enable)
        await self._guesses.was_right(charges)
        return codes

    async def remove(self, confirmation: Confirmation, client: Client) -> None:
        """Ask for no codes any more; raises NoSecondFactor, and what confirmations raise.

        Without another second factor, the recovery codes end too.
        """
        account_id = signed_in_account()
        await self._confirmations.confirm(account_id, confirmation)

        async def remove(stores: FactorStores, account: Account) -> None:
            now = self._clock.now()
            if not await stores.totp_secrets.remove(account_id):
                raise NoSecondFactor
            await self._forget_codes_without_factor(stores, account_id, now)
            await self._tell(stores, TOTP_REMOVED, account, now, client)

        await self._change(account_id, remove)

    async def renew_recovery_codes(
        self, confirmation: Confirmation, client: Client
    ) -> tuple[str, ...]:
        """Give recovery codes in place of all before; raises NoSecondFactor, and as above."""
        account_id = signed_in_account()
        await self._confirmations.confirm(account_id, confirmation)

        async def renew(stores: FactorStores, account: Account) -> tuple[str, ...]:
            now = self._clock.now()
            if not await methods_of(stores, account_id):
                raise NoSecondFactor
            await self._tell(stores, RECOVERY_CODES_RENEWED, account, now, client)
            return await renew_recovery_codes(stores, account_id, now)

        return await self._change(account_id, renew)

    def _step_of(self, secret: TOTPSecret, code: str, now: datetime) -> int | None:
        try:
            shared = self._sealer.unseal(secret.sealed, TOTP_PURPOSE, secret.account_id)
        except CorruptedValue as error:
            # It was begun under another key, of which this process does not know.
            raise InvalidValue("code", _NOT_BEGUN) from error
        return matching_step(shared, code, now, secret.last_step)


def _check_not_enabled(secret: TOTPSecret | None) -> None:
    if secret is not None and secret.confirmed_at is not None:
        raise CodesEnabled
