"""All that the system does, in one object."""

from dataclasses import dataclass

from domain.activity.relay import Relay
from domain.activity.use_cases import Activity
from domain.authentication.administration import AccountAdministration
from domain.authentication.api_keys import Keys
from domain.authentication.email_changes import EmailChanges
from domain.authentication.entrance import Entrance
from domain.authentication.factor_removal import FactorRemoval
from domain.authentication.guesses import Guesses
from domain.authentication.me import Me
from domain.authentication.my_identities import MyIdentities
from domain.authentication.own_data import OwnData
from domain.authentication.passkey_sign_in import PasskeySignIn
from domain.authentication.passkey_use_cases import PasskeyUseCases
from domain.authentication.password_changes import PasswordChanges
from domain.authentication.ports import AccessTokens
from domain.authentication.provider_sign_in import ProviderSignIn
from domain.authentication.retention import Retention
from domain.authentication.sessions import SessionUseCases
from domain.authentication.sign_in import SignIn
from domain.authentication.sign_up import SignUp
from domain.authentication.superusers import Superusers
from domain.authentication.token_purge import ExpiredTokens
from domain.authentication.totp_use_cases import TOTPUseCases
from domain.catalogue.use_cases import Catalogue
from domain.configuration.use_cases import RuntimeConfiguration
from domain.health.use_cases import Health
from domain.idempotency.use_cases import Idempotency
from domain.mail.relay import MailRelay


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """The use-cases of authentication, by concern."""

    keys: Keys
    guesses: Guesses
    sign_in: SignIn
    sessions: SessionUseCases
    totp: TOTPUseCases
    passkeys: PasskeyUseCases
    passkey_sign_in: PasskeySignIn
    factor_removal: FactorRemoval
    sign_up: SignUp
    passwords: PasswordChanges
    emails: EmailChanges
    expired_tokens: ExpiredTokens
    providers: ProviderSignIn
    my_identities: MyIdentities


@dataclass(frozen=True, slots=True)
class UseCases:
    """The use-cases over their ports; views, commands and background work are given these.

    `entrance` is asked before the others.
    """

    accounts: AccountAdministration
    authentication: Authentication
    me: Me
    own_data: OwnData
    retention: Retention
    superusers: Superusers
    catalogue: Catalogue
    activity: Activity
    configuration: RuntimeConfiguration
    idempotency: Idempotency
    entrance: Entrance
    access_tokens: AccessTokens
    relay: Relay
    mail_relay: MailRelay
    health: Health
