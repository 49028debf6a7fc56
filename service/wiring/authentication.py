"""Puts together how people sign in; a part of the wiring."""

import os
from dataclasses import dataclass

from adapters.memory.passwords import FastPasswordHasher
from adapters.security.device_tokens import HMACDeviceTokens
from adapters.security.keys import derived_keys
from adapters.security.passwords import Argon2PasswordHasher
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UUID7Identifiers
from domain.authentication.entities import Access
from domain.authentication.factor_ports import FactorStores
from domain.authentication.guesses import Guesses
from domain.authentication.ports import AccessTokens, PasswordHasher
from domain.authentication.sessions import SessionUseCases
from domain.authentication.sign_in import SignIn
from domain.authentication.starting import SessionStarter
from domain.limits.ports import Attempts
from domain.ports import Cache, UnitOfWork
from service.settings import Settings
from service.wiring.factors import account_factors


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIn:
    """What people sign in with, and what other ways to sign in are made of."""

    guesses: Guesses
    starter: SessionStarter
    sign_in: SignIn
    sessions: SessionUseCases


def password_hasher(settings: Settings) -> PasswordHasher:
    """Give argon2; tests, which must be fast, get the fake."""
    if settings.profile == "testing":
        return FastPasswordHasher()
    # The other half of the machine is for requests that hash nothing.
    return Argon2PasswordHasher(threads=max(1, (os.cpu_count() or 1) // 2))


def signing_in(
    settings: Settings,
    unit_of_work: UnitOfWork[FactorStores],
    access_cache: Cache[Access],
    attempts: Attempts,
    access_tokens: AccessTokens,
) -> SigningIn:
    """Put it together. The unit of work keeps no answers: they have tokens in them."""
    clock, identifiers = SystemClock(), UUID7Identifiers()
    keys = derived_keys(settings.secret_keys, "device tokens")
    guesses, hasher = Guesses(attempts), password_hasher(settings)
    second_factors = account_factors(settings, unit_of_work, guesses)
    starter = SessionStarter(
        unit_of_work,
        access_cache,
        access_tokens,
        HMACDeviceTokens(keys, clock),
        clock,
        identifiers,
    )
    return SigningIn(
        guesses=guesses,
        starter=starter,
        sign_in=SignIn(
            unit_of_work=unit_of_work,
            hasher=hasher,
            guesses=guesses,
            second_factors=second_factors,
            starter=starter,
            clock=clock,
            identifiers=identifiers,
        ),
        sessions=SessionUseCases(unit_of_work, access_cache, starter, clock, identifiers),
    )
