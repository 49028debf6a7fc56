"""Puts together second factors and passkeys; a part of the wiring."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from adapters.security.keys import derived_keys
from adapters.security.passkeys import WebAuthnPasskeys
from adapters.security.sealer import AESSealer
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UUID7Identifiers
from domain.authentication.confirmation import Confirmations
from domain.authentication.factor_ports import FactorStores, PasskeyVerifier, Sealer
from domain.authentication.factor_removal import FactorRemoval
from domain.authentication.guesses import Guesses
from domain.authentication.passkey_sign_in import PasskeySignIn
from domain.authentication.passkey_use_cases import PasskeyUseCases
from domain.authentication.providers import IdentityProviders
from domain.authentication.second_factors import AccountFactors
from domain.authentication.sign_in import SignIn
from domain.authentication.totp_use_cases import TOTPUseCases
from domain.ports import UnitOfWork
from service.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What people do with their second factors, and signing in by a passkey."""

    totp: TOTPUseCases
    passkeys: PasskeyUseCases
    passkey_sign_in: PasskeySignIn
    factor_removal: FactorRemoval


def account_factors(
    settings: Settings, unit_of_work: UnitOfWork[FactorStores], guesses: Guesses
) -> AccountFactors:
    """Give what checks the second factors of accounts."""
    return AccountFactors(
        unit_of_work,
        SystemClock(),
        UUID7Identifiers(),
        guesses=guesses,
        sealer=_sealer(settings),
    )


def factors(
    settings: Settings,
    unit_of_work: UnitOfWork[FactorStores],
    confirmations: Confirmations,
    sign_in: SignIn,
    providers: IdentityProviders,
) -> Factors:
    """Choose the adapters that the settings ask for, and put it together."""
    issuer = urlsplit(settings.public_url).hostname or settings.public_url
    return factors_over(
        unit_of_work,
        confirmations,
        sign_in,
        sealer=_sealer(settings),
        verifier=WebAuthnPasskeys(settings.public_url),
        providers=providers,
        issuer=issuer,
    )


def factors_over(  # noqa: PLR0913  # It is all that they need.
    unit_of_work: UnitOfWork[FactorStores],
    confirmations: Confirmations,
    sign_in: SignIn,
    *,
    sealer: Sealer,
    verifier: PasskeyVerifier,
    providers: IdentityProviders,
    issuer: str,
) -> Factors:
    """Put it together, from what the sign-in is made of.

    The unit of work keeps no answers: they have secrets in them.
    """
    clock, identifiers = sign_in.clock, sign_in.identifiers
    ports = (unit_of_work, confirmations, clock, identifiers)
    return Factors(
        totp=TOTPUseCases(*ports, guesses=sign_in.guesses, sealer=sealer, issuer=issuer),
        factor_removal=FactorRemoval(*ports),
        passkeys=PasskeyUseCases(*ports, verifier=verifier, providers=providers),
        passkey_sign_in=PasskeySignIn(
            unit_of_work=unit_of_work,
            verifier=verifier,
            starter=sign_in.starter,
            clock=clock,
            identifiers=identifiers,
        ),
    )


def _sealer(settings: Settings) -> AESSealer:
    return AESSealer(derived_keys(settings.secret_keys, "sealed secrets"))
