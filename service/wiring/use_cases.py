"""The use-cases over their adapters."""

from adapters.memory.unit_of_work import MemoryStores
from adapters.sql.unit_of_work import SQLStores
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UUID7Identifiers
from domain.activity.relay import Relay
from domain.activity.use_cases import Activity
from domain.authentication.administration import AccountAdministration
from domain.authentication.api_keys import Keys
from domain.authentication.entrance import Entrance
from domain.authentication.mails import AccountMails
from domain.authentication.me import Me
from domain.authentication.own_data import OwnData
from domain.authentication.retention import Retention
from domain.authentication.superusers import Superusers
from domain.catalogue.use_cases import Catalogue
from domain.configuration.use_cases import RuntimeConfiguration
from domain.health.use_cases import Health
from domain.idempotency.unit_of_work import IdempotentUnitOfWork
from domain.idempotency.use_cases import Idempotency
from domain.mail.relay import MailRelay
from service.mail_texts import TemplateMailTexts
from service.settings import Settings
from service.use_cases import Authentication, UseCases
from service.wiring.adapters import Adapters
from service.wiring.authentication import signing_in
from service.wiring.credentials import credentials
from service.wiring.factors import factors
from service.wiring.providers import by_provider
from service.wiring.tokens import access_tokens, development_tokens

AnyStores = SQLStores | MemoryStores


def use_cases(settings: Settings, adapters: Adapters) -> UseCases:
    """Make the use-cases over the adapters."""
    clock, identifiers = SystemClock(), UUID7Identifiers()
    # What requests run; the background's own work bears no keys.
    unit_of_work = IdempotentUnitOfWork[AnyStores](adapters.unit_of_work, clock)
    of_accounts = (unit_of_work, adapters.access_cache, clock, identifiers)
    tokens = access_tokens(settings)
    people = signing_in(
        settings, adapters.unit_of_work, adapters.access_cache, adapters.attempts, tokens
    )
    configuration = RuntimeConfiguration(adapters.configurations, clock)

    async def are_sign_ups_open() -> bool:
        return (await configuration.current()).sign_ups_open

    own = credentials(
        unit_of_work,
        adapters.access_cache,
        adapters.attempts,
        people.sign_in,
        are_sign_ups_open,
    )
    second = factors(
        settings,
        adapters.unit_of_work,
        own.confirmations,
        people.sign_in,
        adapters.identity_providers,
    )
    keys = Keys(*of_accounts, own.confirmations)
    providers = by_provider(
        adapters.unit_of_work,
        adapters.identity_providers,
        people.sign_in,
        own.confirmations,
        are_sign_ups_open,
    )
    return UseCases(
        accounts=AccountAdministration(*of_accounts),
        authentication=Authentication(
            keys=keys,
            guesses=people.guesses,
            sign_in=people.sign_in,
            sessions=people.sessions,
            totp=second.totp,
            passkeys=second.passkeys,
            passkey_sign_in=second.passkey_sign_in,
            factor_removal=second.factor_removal,
            sign_up=own.sign_up,
            passwords=own.passwords,
            emails=own.emails,
            expired_tokens=own.expired_tokens,
            providers=providers.sign_in,
            my_identities=providers.my_identities,
        ),
        me=Me(*of_accounts, own.confirmations),
        own_data=OwnData(unit_of_work, adapters.activity_log, clock),
        retention=Retention(adapters.unit_of_work, clock),
        superusers=Superusers(*of_accounts, people.sign_in.hasher),
        catalogue=Catalogue(
            unit_of_work, adapters.author_cache, adapters.book_cache, clock, identifiers
        ),
        activity=Activity(adapters.activity_log),
        configuration=configuration,
        idempotency=Idempotency(adapters.unit_of_work, clock),
        entrance=Entrance(
            door=adapters.door,
            unit_of_work=adapters.unit_of_work,
            key_uses=keys,
            access_tokens=tokens,
            development_tokens=development_tokens(settings),
            clock=clock,
        ),
        access_tokens=tokens,
        relay=Relay(adapters.unit_of_work, adapters.activity_log, clock, identifiers),
        mail_relay=MailRelay(
            adapters.unit_of_work,
            adapters.mail_transport,
            AccountMails(adapters.unit_of_work, TemplateMailTexts(settings.public_url), clock),
            clock,
            identifiers,
        ),
        health=Health(adapters.stores, clock),
    )
