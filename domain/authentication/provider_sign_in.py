"""Signing in with an OpenID Connect provider."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from domain.authentication.entities import Client, Method, SignedIn
from domain.authentication.errors import SecondFactorRequired
from domain.authentication.ports import SecondFactors
from domain.authentication.provider_accounts import ProviderAccounts
from domain.authentication.provider_challenges import BegunSignIn, ProviderChallenges
from domain.authentication.provider_errors import ProviderSignInRefused
from domain.authentication.provider_ports import SessionStarts
from domain.authentication.provider_tickets import ProviderAnswer
from domain.errors import DomainError

SIGN_IN = "provider.sign-in"
SECOND_FACTOR = "provider.factor"


class ProviderSignIn:
    """The use-cases of those who are not signed in."""

    def __init__(
        self,
        challenges: ProviderChallenges,
        accounts: ProviderAccounts,
        second_factors: SecondFactors,
        sessions: SessionStarts,
    ) -> None:
        self._challenges = challenges
        self._accounts = accounts
        self._second_factors = second_factors
        self._sessions = sessions

    def names(self) -> Sequence[str]:
        """Give the names of the providers, as the operators put them in order."""
        return self._challenges.providers.names

    async def begin(self, provider: str) -> BegunSignIn:
        """Begin a sign-in; raises UnknownProvider and ProviderUnavailable."""
        return await self._challenges.begin(provider, SIGN_IN, None)

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
        InvalidSecondFactor and TooManyAttempts.
        """
        if code is None:
            account_id = await self._named(answer, client)
            methods = [Method.PROVIDER]
        else:
            account_id, method = await self._proved(answer, code)
            methods = [Method.PROVIDER, method]
        return await self._sessions.start(account_id, methods, client, device_token=device_token)

    async def _named(self, answer: ProviderAnswer, client: Client) -> UUID:
        """Give the account of whom the provider names; raises SecondFactorRequired."""
        challenge = await self._challenges.take(answer, SIGN_IN)
        identity = await self._challenges.identity(answer)
        account_id = await self._accounts.account_of(identity, client)
        factors = await self._second_factors.required(account_id)
        if not factors:
            return account_id
        named = replace(challenge, purpose=SECOND_FACTOR, account_id=account_id)
        await self._challenges.keep(named)
        raise SecondFactorRequired(factors)

    async def _proved(self, answer: ProviderAnswer, code: str) -> tuple[UUID, Method]:
        """Judge the second factor of somebody whom the provider has named."""
        challenge = await self._challenges.take(answer, SECOND_FACTOR)
        account_id = challenge.account_id
        if account_id is None:
            raise ProviderSignInRefused("a second factor of nobody")
        try:
            return account_id, await self._second_factors.check(account_id, code)
        except DomainError:
            # There may be another try, as often as one may guess and until it expires.
            await self._challenges.keep(challenge)
            raise
