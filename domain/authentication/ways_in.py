"""By what people get into their account, and that something of it stays."""

from uuid import UUID

from domain.authentication.factor_ports import FactorStores
from domain.authentication.provider_errors import LastWayIn
from domain.authentication.providers import IdentityProviders


async def check_way_in(
    stores: FactorStores, providers: IdentityProviders, account_id: UUID
) -> None:
    """Raise LastWayIn where an account has none left; who asks holds it for a change.

    Ways in are a password, a passkey, and an identity at one of the providers that are trusted at
    present. Second factors and recovery codes are none: they stand beside a password.
    """
    if await stores.passwords.get(account_id) is not None:
        return
    if await stores.passkeys.of(account_id):
        return
    linked = await stores.identities.of(account_id)
    if not any(providers.named(identity.issuer) is not None for identity in linked):
        raise LastWayIn
