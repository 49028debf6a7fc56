"""Whose account somebody gets into whom a provider names."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from domain.accounts.entities import Account
from domain.accounts.errors import EmailTaken
from domain.authentication.entities import Client, Method
from domain.authentication.errors import SignUpsClosed
from domain.authentication.events import ACCOUNT_CREATED, account_event
from domain.authentication.factor_ports import FactorStores
from domain.authentication.identities import Identity
from domain.authentication.linking import account_linked_with, link
from domain.authentication.provider_errors import (
    IdentityNotLinked,
    IdentityTaken,
    ProviderEmailNotVerified,
    ProviderSignInRefused,
)
from domain.permissions import Role
from domain.ports import Clock, Identifiers, UnitOfWork


class ProviderAccounts:
    """Finds the account that is linked with an identity, or makes one.

    An account that merely has the address is never linked by that: whoever made it might be another
    person, who would keep their way in, and whoever runs the provider, or has a mailbox there by
    now, would get one. Its owner signs in and links them.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWork[FactorStores],
        sign_ups_are_open: Callable[[], Awaitable[bool]],
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._sign_ups_are_open = sign_ups_are_open
        self._clock = clock
        self._identifiers = identifiers

    async def account_of(self, identity: Identity, client: Client) -> UUID:
        """Give the id of an account that can sign in.

        Raises ProviderSignInRefused, ProviderEmailNotVerified, IdentityNotLinked and
        SignUpsClosed. The last two are told to who has the address, by the provider's word.
        """
        are_open = await self._sign_ups_are_open()

        async def find_or_make(stores: FactorStores) -> UUID:
            found = await account_linked_with(stores, identity)
            if found is None:
                return await self._make(stores, identity, client, are_open=are_open)
            if not found.is_active:
                raise ProviderSignInRefused("its account can't sign in", found.id)
            return found.id

        try:
            return await self._unit_of_work.run(find_or_make)
        except (EmailTaken, IdentityTaken, IdentityNotLinked):
            # Where the same person signed in twice at once, there is an account by now. It may have
            # come to be between the look for the identity and that for the address.
            return await self._unit_of_work.run(find_or_make)

    async def _make(
        self, stores: FactorStores, identity: Identity, client: Client, *, are_open: bool
    ) -> UUID:
        if identity.email is None or not identity.email_verified:
            raise ProviderEmailNotVerified
        owner = await stores.accounts.find(identity.email)
        if owner is not None:
            raise IdentityNotLinked(owner.id)
        if not are_open:
            raise SignUpsClosed
        account = self._account(identity, identity.email)
        await stores.accounts.add(account)
        event = account_event(
            self._identifiers.new(),
            ACCOUNT_CREATED,
            account.id,
            account.created_at,
            address=client.address,
            method=Method.PROVIDER,
        )
        await stores.outbox.add(event)
        await link(stores, account.id, identity, account.created_at, self._identifiers)
        return account.id

    def _account(self, identity: Identity, email: str) -> Account:
        now = self._clock.now()
        return Account(
            id=self._identifiers.new(),
            email=email,
            name=identity.name,
            role=Role.READER,
            verified_at=now,
            disabled_at=None,
            version=1,
            created_at=now,
            updated_at=now,
        )
