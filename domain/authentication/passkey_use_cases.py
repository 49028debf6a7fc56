"""What people do with the passkeys of their account."""

from dataclasses import dataclass
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.challenges import Challenge
from domain.authentication.confirmation import Confirmation, Confirmations
from domain.authentication.entities import Client
from domain.authentication.errors import (
    InvalidChallenge,
    InvalidPasskey,
    PasskeyKnown,
    TooManyPasskeys,
)
from domain.authentication.events import PASSKEY_ADDED, PASSKEY_REMOVED
from domain.authentication.factor_changes import FactorUseCases, renew_recovery_codes
from domain.authentication.factor_ports import FactorStores, PasskeyVerifier
from domain.authentication.factors import MAX_PASSKEYS, Credential, Passkey, Purpose
from domain.authentication.passkey_challenges import (
    Json,
    PasskeyOptions,
    asked,
    new_challenge,
)
from domain.authentication.providers import IdentityProviders
from domain.authentication.second_factors import methods_of
from domain.authentication.ways_in import check_way_in
from domain.callers import signed_in_account
from domain.errors import Conflict, InvalidValue, NotFound
from domain.ports import Clock, Identifiers, UnitOfWork


@dataclass(frozen=True, slots=True, repr=False)
class AddedPasskey:
    """A passkey that was added; recovery codes, where it is the first second factor."""

    passkey: Passkey
    recovery_codes: tuple[str, ...] | None


class PasskeyUseCases(FactorUseCases):
    """The use-cases of one's own passkeys."""

    def __init__(  # noqa: PLR0913  # More ports than most.
        self,
        unit_of_work: UnitOfWork[FactorStores],
        confirmations: Confirmations,
        clock: Clock,
        identifiers: Identifiers,
        *,
        verifier: PasskeyVerifier,
        providers: IdentityProviders,
    ) -> None:
        super().__init__(unit_of_work, confirmations, clock, identifiers)
        self._verifier = verifier
        self._providers = providers

    async def begin(self, confirmation: Confirmation) -> PasskeyOptions:
        """Ask for a new passkey; raises TooManyPasskeys, and what confirmations raise."""
        account_id = signed_in_account()
        await self._confirmations.confirm(account_id, confirmation)
        challenge = new_challenge(
            self._identifiers.new(), Purpose.ADD_PASSKEY, account_id, self._clock
        )

        async def begin(stores: FactorStores, account: Account) -> PasskeyOptions:
            known = await _with_room(stores, account_id)
            await stores.challenges.add(challenge)
            options = self._verifier.registration_options(
                account_id, account.email, asked(challenge), [it.credential for it in known]
            )
            return PasskeyOptions(challenge.id, options)

        return await self._change(account_id, begin)

    async def add(
        self, challenge_id: UUID, name: str, response: Json, client: Client
    ) -> AddedPasskey:
        """Add the passkey that was made for a challenge, which can be answered once.

        Raises InvalidChallenge, TooManyPasskeys, PasskeyKnown, and InvalidValue for a response that
        does not hold.
        """
        account_id = signed_in_account()
        challenge = await self._take(challenge_id, account_id)
        passkey = self._passkey(account_id, name, self._verified(response, challenge))

        async def add(stores: FactorStores, account: Account) -> AddedPasskey:
            await _with_room(stores, account_id)
            is_first = not await methods_of(stores, account_id)
            try:
                await stores.passkeys.add(passkey)
            except Conflict as error:
                raise PasskeyKnown from error
            now = passkey.created_at
            details = {"passkey": passkey.id, "name": name}
            await self._tell(stores, PASSKEY_ADDED, account, now, client, **details)
            codes = await renew_recovery_codes(stores, account_id, now) if is_first else None
            return AddedPasskey(passkey, codes)

        return await self._change(account_id, add)

    async def list(self) -> list[Passkey]:
        """Give all of the account, oldest first."""
        account_id = signed_in_account()
        return await self._unit_of_work.read(lambda stores: stores.passkeys.of(account_id))

    async def remove(self, passkey_id: UUID, confirmation: Confirmation, client: Client) -> None:
        """Forget one; raises NotFound, LastWayIn, and what confirmations raise.

        Without another second factor, the recovery codes end too.
        """
        account_id = signed_in_account()
        await self._confirmations.confirm(account_id, confirmation)

        async def remove(stores: FactorStores, account: Account) -> None:
            if not await stores.passkeys.remove(account_id, passkey_id):
                raise NotFound("passkey", passkey_id)
            await check_way_in(stores, self._providers, account_id)
            now = self._clock.now()
            await self._forget_codes_without_factor(stores, account_id, now)
            await self._tell(stores, PASSKEY_REMOVED, account, now, client, passkey=passkey_id)

        await self._change(account_id, remove)

    async def _take(self, challenge_id: UUID, account_id: UUID) -> Challenge:
        # It is committed before the answer is judged: whatever comes of that, there is one try.
        challenge = await self._unit_of_work.run(
            lambda stores: stores.challenges.take(
                challenge_id, Purpose.ADD_PASSKEY, self._clock.now()
            )
        )
        if challenge is None or challenge.account_id != account_id:
            raise InvalidChallenge
        return challenge

    def _verified(self, response: Json, challenge: Challenge) -> Credential:
        try:
            return self._verifier.verify_registration(response, asked(challenge))
        except InvalidPasskey as error:
            raise InvalidValue("response", "is not that of a passkey made for this") from error

    def _passkey(self, account_id: UUID, name: str, credential: Credential) -> Passkey:
        return Passkey(
            id=self._identifiers.new(),
            account_id=account_id,
            name=name,
            credential=credential,
            created_at=self._clock.now(),
        )


async def _with_room(stores: FactorStores, account_id: UUID) -> list[Passkey]:
    """Give an account's passkeys; raises TooManyPasskeys where there is no room for another."""
    known = await stores.passkeys.of(account_id)
    if len(known) >= MAX_PASSKEYS:
        raise TooManyPasskeys(MAX_PASSKEYS)
    return known
