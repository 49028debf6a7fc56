"""What people do with the identities that their account is linked with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.confirmation import Confirmation, Confirmations
from domain.authentication.entities import Client
from domain.authentication.events import IDENTITY_UNLINKED, account_event
from domain.authentication.factor_ports import FactorStores
from domain.authentication.identities import Identity, LinkedIdentity
from domain.authentication.linking import account_linked_with, link
from domain.authentication.mails import MailKind, pending_mail
from domain.authentication.provider_challenges import BegunSignIn, ProviderChallenges
from domain.authentication.provider_errors import IdentityTaken, ProviderSignInRefused
from domain.authentication.provider_tickets import ProviderAnswer
from domain.authentication.ways_in import check_way_in
from domain.callers import signed_in_account
from domain.entities import present
from domain.errors import NotFound
from domain.mail.entities import PendingMail
from domain.ports import Clock, Identifiers, UnitOfWork

LINK = "provider.link"


@dataclass(frozen=True, slots=True, kw_only=True)
class MyIdentity:
    """One of the identities; `provider` is None where the operators trust it no more."""

    id: UUID
    provider: str | None
    issuer: str
    created_at: datetime


class MyIdentities:
    """The use-cases of those who are signed in. No key can call them."""

    def __init__(
        self,
        unit_of_work: UnitOfWork[FactorStores],
        challenges: ProviderChallenges,
        confirmations: Confirmations,
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._challenges = challenges
        self._providers = challenges.providers
        self._confirmations = confirmations
        self._clock = clock
        self._identifiers = identifiers

    async def list(self) -> Sequence[MyIdentity]:
        """Give all of them, the first linked first."""
        account_id = signed_in_account()
        found = await self._unit_of_work.read(lambda stores: stores.identities.of(account_id))
        return [self._shown(linked) for linked in found]

    async def begin(self, provider: str, confirmation: Confirmation) -> BegunSignIn:
        """Begin to link another one.

        Raises UnknownProvider, ProviderUnavailable, and what confirmations raise.
        """
        account_id = signed_in_account()
        await self._confirmations.confirm(account_id, confirmation)
        return await self._challenges.begin(provider, LINK, account_id)

    async def link(self, answer: ProviderAnswer, client: Client) -> MyIdentity:
        """Link the one that the provider names. What was begun tells of the confirmation.

        Raises ProviderSignInRefused, ProviderUnavailable, IdentityTaken and TooManyIdentities.
        """
        account_id = signed_in_account()
        challenge = await self._challenges.take(answer, LINK)
        if challenge.account_id != account_id:
            raise ProviderSignInRefused("it was begun by another account")
        identity = await self._challenges.identity(answer)
        linked = await self._unit_of_work.run(
            lambda stores: self._link(stores, account_id, identity, client)
        )
        return self._shown(linked)

    async def unlink(self, identity_id: UUID, confirmation: Confirmation, client: Client) -> None:
        """Let an identity count no more; sessions that were begun with it go on.

        Raises NotFound, LastWayIn, and what confirmations raise.
        """
        account_id = signed_in_account()
        await self._confirmations.confirm(account_id, confirmation)

        async def unlink(stores: FactorStores) -> None:
            # Nobody takes another way in away meanwhile.
            found = await stores.accounts.get_for_change(account_id)
            account = present("account", account_id, found)
            if not await stores.identities.remove(account_id, identity_id):
                raise NotFound("identity", identity_id)
            await check_way_in(stores, self._providers, account_id)
            now = self._clock.now()
            event = account_event(
                self._identifiers.new(), IDENTITY_UNLINKED, account_id, now, identity=identity_id
            )
            await stores.outbox.add(event)
            await stores.mails.add(self._mail(account, "removed", now, client))

        await self._unit_of_work.run(unlink)

    async def _link(
        self, stores: FactorStores, account_id: UUID, identity: Identity, client: Client
    ) -> LinkedIdentity:
        found = await stores.accounts.get_for_change(account_id)
        account = present("account", account_id, found)
        owner = await account_linked_with(stores, identity)
        if owner is not None and owner.id != account_id:
            raise IdentityTaken
        known = await stores.identities.find(identity.issuer, identity.subject)
        if known is not None:
            return known
        now = self._clock.now()
        await stores.mails.add(self._mail(account, "added", now, client))
        return await link(stores, account_id, identity, now, self._identifiers)

    def _mail(self, account: Account, what: str, now: datetime, client: Client) -> PendingMail:
        return pending_mail(
            self._identifiers.new(),
            MailKind.FACTORS_CHANGED,
            account.email,
            now,
            account_id=account.id,
            change=f"A sign-in with a provider was {what}",
            client=client.address,
        )

    def _shown(self, linked: LinkedIdentity) -> MyIdentity:
        return MyIdentity(
            id=linked.id,
            provider=self._providers.named(linked.issuer),
            issuer=linked.issuer,
            created_at=linked.created_at,
        )
