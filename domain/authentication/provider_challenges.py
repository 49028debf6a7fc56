"""Sign-ins at providers that were begun, and are not finished yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.authentication.challenges import Challenge
from domain.authentication.factor_ports import FactorStores
from domain.authentication.identities import Identity
from domain.authentication.provider_errors import ProviderSignInRefused
from domain.authentication.provider_tickets import (
    ProviderAnswer,
    challenge_of,
    hash_of_state,
    new_ticket,
    proofs_of,
)
from domain.authentication.providers import IdentityProviders
from domain.ports import Clock, Identifiers, UnitOfWork

# For so long somebody may take at the provider.
LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BegunSignIn:
    """Where somebody signs in, and what they need when they come back before `expires_at`.

    No text form of it shows the ticket.
    """

    authorization_url: str
    state: str
    ticket: str
    expires_at: datetime


class ProviderChallenges:
    """Keeps what was begun at `providers`. Each can be finished once, by who has its ticket."""

    def __init__(
        self,
        unit_of_work: UnitOfWork[FactorStores],
        providers: IdentityProviders,
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        self._unit_of_work = unit_of_work
        self.providers = providers
        self._clock = clock
        self._identifiers = identifiers

    async def begin(self, provider: str, purpose: str, account_id: UUID | None) -> BegunSignIn:
        """Begin one; raises UnknownProvider and ProviderUnavailable."""
        challenge_id, ticket, now = self._identifiers.new(), new_ticket(), self._clock.now()
        proofs = proofs_of(ticket, challenge_id)
        url = await self.providers.begin(provider, proofs)
        challenge = Challenge(
            id=challenge_id,
            purpose=purpose,
            account_id=account_id,
            details={"provider": provider, "state": hash_of_state(proofs.state)},
            expires_at=now + LIFE,
            created_at=now,
        )
        await self.keep(challenge)
        return BegunSignIn(
            authorization_url=url,
            state=proofs.state,
            ticket=ticket,
            expires_at=challenge.expires_at,
        )

    async def keep(self, challenge: Challenge) -> None:
        """Keep one that can be finished."""
        await self._unit_of_work.run(lambda stores: stores.challenges.add(challenge))

    async def take(self, answer: ProviderAnswer, purpose: str) -> Challenge:
        """Give what an answer finishes, which is over by that, whatever comes of it.

        Raises ProviderSignInRefused for one that was not begun with this ticket, at this provider
        and for this purpose, or that is over.
        """
        challenge_id, proofs = challenge_of(answer)
        now = self._clock.now()
        challenge = await self._unit_of_work.run(
            lambda stores: stores.challenges.take(challenge_id, purpose, now)
        )
        begun = {"provider": answer.provider, "state": hash_of_state(proofs.state)}
        if challenge is None or challenge.details != begun:
            raise ProviderSignInRefused("nothing was begun that this would finish, or it is over")
        return challenge

    async def identity(self, answer: ProviderAnswer) -> Identity:
        """Ask the provider who it was; raises ProviderUnavailable and ProviderSignInRefused."""
        _, proofs = challenge_of(answer)
        return await self.providers.finish(answer.provider, answer.code, answer.issuer, proofs)
