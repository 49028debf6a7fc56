"""Signing in by a passkey, and nothing else.

Its authenticator verified its user, so it is two factors in one: what somebody has, and what they
know or are. No account is named before it is proved, so nobody learns which there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.authentication.challenges import Challenge
from domain.authentication.entities import Client, Method, SignedIn
from domain.authentication.errors import InvalidChallenge, InvalidPasskey
from domain.authentication.events import SESSION_REFUSED, account_event
from domain.authentication.factor_ports import FactorStores, PasskeyVerifier
from domain.authentication.factors import Purpose
from domain.authentication.passkey_challenges import Json, PasskeyOptions, asked, new_challenge
from domain.ports import Clock, Identifiers, UnitOfWork

NO_ACCOUNT = UUID(int=0)
"""The subject of events about passkeys that no account has."""


class Starter(Protocol):
    """Starts sessions."""

    async def start(
        self,
        account_id: UUID,
        methods: Sequence[Method],
        client: Client,
        *,
        device_token: str | None = None,
    ) -> SignedIn:
        """Sign an account in that has proved itself; raises InvalidCredentials if it may not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeySignIn:
    """The use-case of signing in by a passkey."""

    unit_of_work: UnitOfWork[FactorStores]
    verifier: PasskeyVerifier
    starter: Starter
    clock: Clock
    identifiers: Identifiers

    async def begin(self) -> PasskeyOptions:
        """Ask for whichever passkey of this service somebody has."""
        challenge = new_challenge(
            self.identifiers.new(), Purpose.SIGN_IN_BY_PASSKEY, None, self.clock
        )
        await self.unit_of_work.run(lambda stores: stores.challenges.add(challenge))
        return PasskeyOptions(challenge.id, self.verifier.sign_in_options(asked(challenge)))

    async def sign_in(
        self,
        challenge_id: UUID,
        response: Json,
        client: Client,
        *,
        device_token: str | None = None,
    ) -> SignedIn:
        """Start a session by the answer to a challenge, which can be answered once.

        Raises InvalidChallenge; InvalidPasskey alike for one that is unknown, an answer that does
        not hold, and an account that can't sign in.
        """
        challenge = await self._take(challenge_id)
        try:
            account_id = await self.unit_of_work.run(
                lambda stores: self._prove(stores, asked(challenge), response)
            )
        except InvalidPasskey as error:
            await self._tell_refusal(error, client)
            raise
        return await self.starter.start(
            account_id, (Method.PASSKEY,), client, device_token=device_token
        )

    async def _take(self, challenge_id: UUID) -> Challenge:
        # It is committed before the answer is judged: whatever comes of that, there is one try.
        challenge = await self.unit_of_work.run(
            lambda stores: stores.challenges.take(
                challenge_id, Purpose.SIGN_IN_BY_PASSKEY, self.clock.now()
            )
        )
        if challenge is None:
            raise InvalidChallenge
        return challenge

    async def _prove(self, stores: FactorStores, challenge: bytes, response: Json) -> UUID:
        """Give the account whose passkey answered, and keep that it did."""
        credential_id, account_id = self.verifier.claim(response)
        passkey = await stores.passkeys.find_for_change(credential_id)
        if passkey is None or passkey.account_id != account_id:
            raise InvalidPasskey("no account that it claims has it")
        try:
            count = self.verifier.verify_sign_in(response, challenge, passkey.credential)
        except InvalidPasskey as error:
            raise InvalidPasskey(error.reason, account_id) from error
        account = await stores.accounts.get(account_id)
        if account is None or not account.is_active:
            raise InvalidPasskey("its account can't sign in", account_id)
        await stores.passkeys.used(passkey.id, count, self.clock.now())
        return account_id

    async def _tell_refusal(self, error: InvalidPasskey, client: Client) -> None:
        event = account_event(
            self.identifiers.new(),
            SESSION_REFUSED,
            error.account_id or NO_ACCOUNT,
            self.clock.now(),
            reason="passkey",
            address=client.address,
            device=client.device,
        )
        await self.unit_of_work.run(lambda stores: stores.outbox.add(event))
