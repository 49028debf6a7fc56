"""Puts together sign-in with OpenID Connect providers; a part of the wiring."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.oidc.provider import Registration
from adapters.oidc.providers import OIDCProviders
from domain.authentication.confirmation import Confirmations
from domain.authentication.factor_ports import FactorStores
from domain.authentication.my_identities import MyIdentities
from domain.authentication.provider_accounts import ProviderAccounts
from domain.authentication.provider_challenges import ProviderChallenges
from domain.authentication.provider_sign_in import ProviderSignIn
from domain.authentication.providers import IdentityProviders
from domain.authentication.sign_in import SignIn
from domain.ports import UnitOfWork
from service.settings import Settings
from service.settings.oidc_providers import TrustedProvider

# Where this service's own page is, to which a provider leads back: behind it is its name.
PAGES = "/sign-in"


@dataclass(frozen=True, slots=True)
class ByProvider:
    """What people do with providers."""

    sign_in: ProviderSignIn
    my_identities: MyIdentities


def identity_providers(settings: Settings) -> OIDCProviders:
    """Give the providers that the settings name; without TLS on this machine only, for tests."""
    trusted = settings.oidc_providers.providers if settings.oidc_providers else ()
    return OIDCProviders(
        [_registration(provider, settings.public_url) for provider in trusted],
        loopback=settings.profile != "production",
    )


def by_provider(
    unit_of_work: UnitOfWork[FactorStores],
    providers: IdentityProviders,
    sign_in: SignIn,
    confirmations: Confirmations,
    sign_ups_are_open: Callable[[], Awaitable[bool]],
) -> ByProvider:
    """Put it together, with what signing in by a password is made of.

    The unit of work keeps no answers: they have secrets in them.
    """
    clock, identifiers = sign_in.clock, sign_in.identifiers
    challenges = ProviderChallenges(unit_of_work, providers, clock, identifiers)
    return ByProvider(
        sign_in=ProviderSignIn(
            unit_of_work=unit_of_work,
            challenges=challenges,
            accounts=ProviderAccounts(unit_of_work, sign_ups_are_open, clock, identifiers),
            second_factors=sign_in.second_factors,
            starter=sign_in.starter,
            clock=clock,
            identifiers=identifiers,
        ),
        my_identities=MyIdentities(unit_of_work, challenges, confirmations, clock, identifiers),
    )


def _registration(provider: TrustedProvider, public_url: str) -> Registration:
    return Registration(
        name=provider.name,
        issuer=provider.issuer,
        client_id=provider.client_id,
        client_secret=provider.client_secret.get_secret_value(),
        redirect_uri=provider.redirect_uri or f"{public_url}{PAGES}/{provider.name}",
        scopes=provider.scopes,
    )
