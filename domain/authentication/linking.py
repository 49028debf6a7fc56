"""Which account an identity is linked with, and how it gets to be."""

from datetime import datetime
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.events import IDENTITY_LINKED, account_event
from domain.authentication.factor_ports import FactorStores
from domain.authentication.identities import MAX_IDENTITIES, Identity, LinkedIdentity
from domain.authentication.provider_errors import IdentityTaken, TooManyIdentities
from domain.errors import Conflict
from domain.ports import Identifiers


async def account_linked_with(stores: FactorStores, identity: Identity) -> Account | None:
    """Give the account, or None; what a deleted account has left is free for another one."""
    linked = await stores.identities.find(identity.issuer, identity.subject)
    if linked is None:
        return None
    account = await stores.accounts.get(linked.account_id)
    if account is None:
        await stores.identities.remove(linked.account_id, linked.id)
    return account


async def link(
    stores: FactorStores,
    account_id: UUID,
    identity: Identity,
    now: datetime,
    identifiers: Identifiers,
) -> LinkedIdentity:
    """Link them; nobody else may change the account meanwhile.

    Raises IdentityTaken and TooManyIdentities.
    """
    if len(await stores.identities.of(account_id)) >= MAX_IDENTITIES:
        raise TooManyIdentities(MAX_IDENTITIES)
    linked = LinkedIdentity(
        id=identifiers.new(),
        account_id=account_id,
        issuer=identity.issuer,
        subject=identity.subject,
        created_at=now,
    )
    try:
        await stores.identities.add(linked)
    except Conflict as error:
        raise IdentityTaken from error
    event = account_event(
        identifiers.new(),
        IDENTITY_LINKED,
        account_id,
        now,
        identity=linked.id,
        issuer=identity.issuer,
    )
    await stores.outbox.add(event)
    return linked
