"""Signing in with an OpenID Connect provider."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.authentication.entities import Client, Method, SignedIn
from domain.authentication.errors import (
    CodesUnusable,
    InvalidSecondFactor,
    SecondFactorRequired,
)
from domain.authentication.events import SESSION_REFUSED, account_event
from domain.authentication.factor_ports import FactorStores
from domain.authentication.passkey_sign_in import Starter
from domain.authentication.ports import SecondFactors
from domain.authentication.provider_accounts import ProviderAccounts
from domain.authentication.provider_challenges import BegunSignIn, ProviderChallenges
from domain.authentication.provider_errors import IdentityNotLinked, ProviderSignInRefused
from domain.authentication.provider_tickets import ProviderAnswer
from domain.authentication.sign_in import NO_ACCOUNT
from domain.errors import DomainError
from domain.ports import Clock, Identifiers, UnitOfWork

SIGN_IN = "provider.sign-in"
SECOND_FACTOR = "provider.factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSignIn:
    """The use-cases of those who are not signed in."""

    unit_of_work: UnitOfWork[FactorStores]
    challenges: ProviderChallenges
    accounts: ProviderAccounts
    second_factors: SecondFactors
    starter: Starter
    clock: Clock
    identifiers: Identifiers

    def names(self) -> Sequence[str]:
        """Give the names of the providers, as the operators put them in order."""
        return self.challenges.providers.names

    async def begin(self, provider: str) -> BegunSignIn:
        """Begin a sign-in; raises UnknownProvider and ProviderUnavailable."""
        return await self.challenges.begin(provider, SIGN_IN, None)

    async def finish(
        self,
        answer: ProviderAnswer,
        client: Client,
        *,
        code: str | None = None,
        device_token: str | None = None,
    ) -> SignedIn:
        """Start a session for whom the provider names, with a new account where there is none.

        What the provider asked for is one factor. An account that has a second one asks for it
        here too: the same answer is then handed in again, with a `code` of that.

        Raises what `ProviderAccounts` does, ProviderUnavailable, SecondFactorRequired,
        InvalidSecondFactor, CodesUnusable and TooManyAttempts.
        """
        if code is None:
            account_id = await self._named(answer, client)
            methods = [Method.PROVIDER]
        else:
            account_id, method = await self._proved(answer, code, client)
            methods = [Method.PROVIDER, method]
        return await self.starter.start(account_id, methods, client, device_token=device_token)

    async def _named(self, answer: ProviderAnswer, client: Client) -> UUID:
        """Give the account of whom the provider names; raises SecondFactorRequired."""
        challenge = await self.challenges.take(answer, SIGN_IN)
        try:
            identity = await self.challenges.identity(answer)
            account_id = await self.accounts.account_of(identity, client)
        except (ProviderSignInRefused, IdentityNotLinked) as error:
            await self._tell_refusal(error.account_id or NO_ACCOUNT, "provider", client)
            raise
        factors = await self.second_factors.required(account_id)
        if not factors:
            return account_id
        named = replace(challenge, purpose=SECOND_FACTOR, account_id=account_id)
        await self.challenges.keep(named)
        raise SecondFactorRequired(factors)

    async def _proved(
        self, answer: ProviderAnswer, code: str, client: Client
    ) -> tuple[UUID, Method]:
        """Judge the second factor of somebody whom the provider has named."""
        challenge = await self.challenges.take(answer, SECOND_FACTOR)
        account_id = challenge.account_id
        if account_id is None:
            raise ProviderSignInRefused("a second factor of nobody")
        try:
            return account_id, await self.second_factors.check(account_id, code)
        except DomainError as error:
            # There may be another try, as often as one may guess and until it expires.
            await self.challenges.keep(challenge)
            if isinstance(error, InvalidSecondFactor | CodesUnusable):
                await self._tell_refusal(account_id, "second factor", client)
            raise

    async def _tell_refusal(self, account_id: UUID, reason: str, client: Client) -> None:
        event = account_event(
            self.identifiers.new(),
            SESSION_REFUSED,
            account_id,
            self.clock.now(),
            reason=reason,
            address=client.address,
            device=client.device,
        )
        await self.unit_of_work.run(lambda stores: stores.outbox.add(event))
