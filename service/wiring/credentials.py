"""Puts together how people sign up, and change what they sign in with; a part of the wiring."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.authentication.confirming import StepUp
from domain.authentication.credential_ports import CredentialStores
from domain.authentication.email_changes import EmailChanges
from domain.authentication.entities import Access
from domain.authentication.mail_requests import MailRequests
from domain.authentication.password_changes import PasswordChanges
from domain.authentication.sign_in import SignIn
from domain.authentication.sign_up import SignUp
from domain.authentication.token_purge import ExpiredTokens
from domain.limits.ports import Attempts
from domain.ports import Cache, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What people sign up with, and change; `confirmations` guard what others change, too."""

    confirmations: StepUp
    sign_up: SignUp
    passwords: PasswordChanges
    emails: EmailChanges
    expired_tokens: ExpiredTokens


def credentials(
    unit_of_work: UnitOfWork[CredentialStores],
    access_cache: Cache[Access],
    attempts: Attempts,
    sign_in: SignIn,
    are_sign_ups_open: Callable[[], Awaitable[bool]],
) -> Credentials:
    """Put it together, from what the sign-in is made of."""
    clock, identifiers, hasher = sign_in.clock, sign_in.identifiers, sign_in.hasher
    requests = MailRequests(attempts)
    confirmations = StepUp(
        unit_of_work=unit_of_work,
        hasher=hasher,
        second_factors=sign_in.second_factors,
        guesses=sign_in.guesses,
        clock=clock,
    )
    return Credentials(
        confirmations=confirmations,
        sign_up=SignUp(
            unit_of_work=unit_of_work,
            access_cache=access_cache,
            clock=clock,
            identifiers=identifiers,
            hasher=hasher,
            requests=requests,
            are_open=are_sign_ups_open,
        ),
        passwords=PasswordChanges(
            unit_of_work=unit_of_work,
            access_cache=access_cache,
            clock=clock,
            identifiers=identifiers,
            hasher=hasher,
            confirmations=confirmations,
            requests=requests,
        ),
        emails=EmailChanges(
            unit_of_work=unit_of_work,
            access_cache=access_cache,
            clock=clock,
            identifiers=identifiers,
            confirmations=confirmations,
            requests=requests,
        ),
        expired_tokens=ExpiredTokens(unit_of_work, clock),
    )
