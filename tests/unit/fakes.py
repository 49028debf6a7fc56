"""The use-cases over the shipped fakes, a look at what these hold, and ways to make them fail."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from adapters.memory.activity import MemoryActivityLog
from adapters.memory.cache import MemoryCache
from adapters.memory.clock import FixedClock
from adapters.memory.configuration import MemoryConfigurations
from adapters.memory.identifiers import SequentialIdentifiers
from adapters.memory.identity_providers import MemoryIdentityProviders
from adapters.memory.limiter import MemoryRateLimiter
from adapters.memory.mailer import MemoryMailer
from adapters.memory.passwords import FastPasswordHasher
from adapters.memory.unit_of_work import MemoryStores, MemoryUnitOfWork
from adapters.security.access_tokens import JWTAccessTokens, access_token_keys
from adapters.security.development_tokens import JWTDevelopmentTokens
from adapters.security.device_tokens import HMACDeviceTokens
from adapters.security.passkeys import WebAuthnPasskeys
from adapters.security.sealer import AESSealer
from domain.activity.relay import Relay
from domain.activity.use_cases import Activity
from domain.authentication.administration import AccountAdministration
from domain.authentication.api_keys import Keys
from domain.authentication.door import SeparateDoor
from domain.authentication.entities import Access, Method
from domain.authentication.entrance import Entrance, KeyUses
from domain.authentication.errors import InvalidSecondFactor
from domain.authentication.guesses import Guesses
from domain.authentication.mails import AccountMails
from domain.authentication.me import Me
from domain.authentication.own_data import OwnData
from domain.authentication.retention import Retention
from domain.authentication.second_factors import AccountFactors
from domain.authentication.sessions import SessionUseCases
from domain.authentication.sign_in import SignIn
from domain.authentication.starting import SessionStarter
from domain.authentication.superusers import Superusers
from domain.catalogue.entities import Author, AuthorDetails, Book, BookDetails
from domain.catalogue.queries import AuthorQuery, BookQuery
from domain.catalogue.use_cases import Catalogue
from domain.configuration.entities import Configuration
from domain.configuration.use_cases import RuntimeConfiguration
from domain.errors import StoreUnavailable
from domain.events import Event
from domain.health.use_cases import Health
from domain.idempotency.unit_of_work import IdempotentUnitOfWork
from domain.idempotency.use_cases import Idempotency
from domain.mail.entities import PendingMail
from domain.mail.relay import MailRelay
from domain.pagination import MAX_PAGE_SIZE, PageRequest
from domain.permissions import Role
from service.mail_texts import TemplateMailTexts
from service.use_cases import Authentication, UseCases
from service.wiring.credentials import credentials
from service.wiring.factors import factors_over
from service.wiring.providers import by_provider
from tests.bad_requests import WHICHEVER_VERSION
from tests.token_keys import KEY_SETS, PLACE

Result = TypeVar("Result")

CACHE_TTL = 600.0
ISSUERS = {"acme": "https://acme.test", "initech": "https://initech.test"}

_ANYBODY = UUID(int=0)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_ALL = 10_000
_ALL_OF_THEM = PageRequest(MAX_PAGE_SIZE)


def details_of(name: str = "Han Kang", **others: object) -> AuthorDetails:
    """Give all details of an author; those that are not told are None."""
    return {"name": name, "biography": None, "born_on": None, "died_on": None, **others}


def book_of(title: str, *author_ids: UUID, **others: object) -> BookDetails:
    """Give all details of a book; those that are not told are None."""
    absent = {"isbn": None, "published_on": None, "language": None, "price": None}
    return {"title": title, "author_ids": author_ids, **absent, **others}


async def no_trouble() -> None:
    """Do nothing."""


def raising(error: Exception) -> Callable[..., Awaitable[Any]]:
    """Give what raises `error`, whatever it is given."""

    async def trouble(*_: object) -> None:
        raise error

    return trouble


class Held:
    """What waits until a test lets it go on, and says when it has begun."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    async def __call__(self) -> None:
        self.begun.set()
        await self.go_on.wait()


class TroubledUnitOfWork(MemoryUnitOfWork):
    """A MemoryUnitOfWork in which a test can make the store fail, or wait.

    `before_run`, `before_commit`, `after_commit` and `after_read` are awaited there; what they
    raise is what the store raises. With `aborts`, each unit is first run for nothing, as where a
    deadlock ends it. `units` counts what was run.
    """

    def __init__(self, on_events: Callable[[], None] = lambda: None) -> None:
        super().__init__(on_events)
        self.before_run = self.before_commit = self.after_commit = self.after_read = no_trouble
        self.aborts = False
        self.units = 0

    async def run(self, unit: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        self.units += 1
        await self.before_run()
        if self.aborts:
            await super().read(lambda stores: unit(stores.copy()))
        result = await super().run(lambda stores: self._run(stores, unit))
        await self.after_commit()
        return result

    async def read(self, query: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        result = await super().read(query)
        await self.after_read()
        return result

    async def _run(
        self, stores: MemoryStores, unit: Callable[[MemoryStores], Awaitable[Result]]
    ) -> Result:
        result = await unit(stores)
        await self.before_commit()
        return result


class TroubledActivityLog(MemoryActivityLog):
    """A MemoryActivityLog that is `away`, `loses_answers`, or refuses events with some ids.

    `deliveries` are the ids of the events of each call.
    """

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.loses_answers = False
        self.refused: set[UUID] = set()
        self.deliveries: list[list[UUID]] = []

    async def record(self, events: Sequence[Event]) -> frozenset[UUID]:
        self.deliveries.append([event.id for event in events])
        self._check()
        held = await super().record([event for event in events if event.id not in self.refused])
        if self.loses_answers:
            raise StoreUnavailable("MongoDB", "no answer")
        return held

    async def list(
        self, *, kind: str | None, subject: str | None, before: UUID | None, limit: int
    ) -> list[Event]:
        self._check()
        return await super().list(kind=kind, subject=subject, before=before, limit=limit)

    def _check(self) -> None:
        if self.away:
            raise StoreUnavailable("MongoDB", "connection refused")


class TroubledConfigurations(MemoryConfigurations):
    """MemoryConfigurations that count their loads.

    `before_replace` and `after_load` are awaited there; what they raise is what the store raises.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loads = 0
        self.before_replace = self.after_load = no_trouble

    async def load(self) -> Configuration:
        self.loads += 1
        loaded = await super().load()
        await self.after_load()
        return loaded

    async def replace(self, configuration: Configuration, changed_at: datetime) -> bool:
        await self.before_replace()
        return await super().replace(configuration, changed_at)


@dataclass
class TroubledStore:
    """A store that is `away`, or not; it counts its `pings`."""

    technology: str
    away: bool = False
    pings: int = 0

    async def ping(self) -> None:
        self.pings += 1
        if self.away:
            raise StoreUnavailable(self.technology, "connection refused")


class Codes:
    """SecondFactors of accounts, of which some have one code; `trouble` is what a check raises."""

    def __init__(self) -> None:
        self.codes: dict[UUID, str] = {}
        self.trouble: Exception | None = None

    async def required(self, account_id: UUID) -> tuple[str, ...]:
        return ("totp",) if account_id in self.codes else ()

    async def check(self, account_id: UUID, code: str) -> Method:
        if self.trouble is not None:
            raise self.trouble
        if self.codes.get(account_id) != code:
            raise InvalidSecondFactor
        return Method.TOTP


@dataclass(frozen=True)
class State:
    """All that the stores hold."""

    authors: list[Author]
    books: list[Book]
    pending: list[Event]
    recorded: list[Event]
    configuration: Configuration


@dataclass
class Fakes:
    """One fake for each port."""

    clock: FixedClock = field(default_factory=FixedClock)
    identifiers: SequentialIdentifiers = field(default_factory=SequentialIdentifiers)
    unit_of_work: TroubledUnitOfWork = field(default_factory=TroubledUnitOfWork)
    access_cache: MemoryCache[Access] = field(default_factory=lambda: MemoryCache(CACHE_TTL))
    author_cache: MemoryCache[Author] = field(default_factory=lambda: MemoryCache(CACHE_TTL))
    book_cache: MemoryCache[Book] = field(default_factory=lambda: MemoryCache(CACHE_TTL))
    activity_log: TroubledActivityLog = field(default_factory=TroubledActivityLog)
    takes_development_tokens: bool = True
    rate_limiter: MemoryRateLimiter = field(default_factory=MemoryRateLimiter)
    attempts: MemoryRateLimiter = field(default_factory=MemoryRateLimiter)
    password_hasher: FastPasswordHasher = field(default_factory=FastPasswordHasher)
    sealer: AESSealer = field(default_factory=lambda: AESSealer([b"k" * 32]))
    second_factors: Codes | AccountFactors = field(default_factory=Codes)
    configurations: TroubledConfigurations = field(default_factory=TroubledConfigurations)
    identity_providers: MemoryIdentityProviders = field(
        default_factory=lambda: MemoryIdentityProviders(ISSUERS)
    )
    stores: list[TroubledStore] = field(default_factory=list)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)

    def use_cases(self) -> UseCases:
        """Give new use-cases over the fakes, as another process would have."""
        unit_of_work = IdempotentUnitOfWork(self.unit_of_work, self.clock)
        of_accounts = (unit_of_work, self.access_cache, self.clock, self.identifiers)
        configuration = RuntimeConfiguration(self.configurations, self.clock)

        async def are_sign_ups_open() -> bool:
            return (await configuration.current()).sign_ups_open

        own = credentials(
            unit_of_work, self.access_cache, self.attempts, self.sign_in(), are_sign_ups_open
        )
        second = factors_over(
            self.unit_of_work,
            own.confirmations,
            self.sign_in(),
            sealer=self.sealer,
            verifier=WebAuthnPasskeys(PLACE),
            providers=self.identity_providers,
            issuer="My Service",
        )
        providers = by_provider(
            self.unit_of_work,
            self.identity_providers,
            self.sign_in(),
            own.confirmations,
            are_sign_ups_open,
        )
        keys = Keys(*of_accounts, own.confirmations)
        return UseCases(
            accounts=AccountAdministration(*of_accounts),
            authentication=Authentication(
                totp=second.totp,
                passkeys=second.passkeys,
                passkey_sign_in=second.passkey_sign_in,
                factor_removal=second.factor_removal,
                keys=keys,
                guesses=Guesses(self.attempts),
                sign_in=self.sign_in(),
                sessions=SessionUseCases(
                    self.unit_of_work,
                    self.access_cache,
                    self.starter(),
                    self.clock,
                    self.identifiers,
                ),
                sign_up=own.sign_up,
                passwords=own.passwords,
                emails=own.emails,
                expired_tokens=own.expired_tokens,
                providers=providers.sign_in,
                my_identities=providers.my_identities,
            ),
            me=Me(*of_accounts, own.confirmations),
            own_data=OwnData(unit_of_work, self.activity_log, self.clock),
            retention=Retention(self.unit_of_work, self.clock),
            superusers=Superusers(*of_accounts, self.password_hasher),
            catalogue=Catalogue(
                unit_of_work, self.author_cache, self.book_cache, self.clock, self.identifiers
            ),
            activity=Activity(self.activity_log),
            configuration=configuration,
            idempotency=Idempotency(self.unit_of_work, self.clock),
            entrance=self.entrance(keys),
            access_tokens=self.access_tokens(),
            relay=Relay(self.unit_of_work, self.activity_log, self.clock, self.identifiers),
            mail_relay=self.mail_relay(),
            health=Health(self.stores, self.clock),
        )

    def entrance(self, key_uses: KeyUses) -> Entrance:
        """Give what lets requests in."""
        return Entrance(
            door=SeparateDoor(self.rate_limiter, self.access_cache),
            unit_of_work=self.unit_of_work,
            key_uses=key_uses,
            access_tokens=self.access_tokens(),
            development_tokens=(
                self.development_tokens() if self.takes_development_tokens else None
            ),
            clock=self.clock,
        )

    def development_tokens(self) -> JWTDevelopmentTokens:
        """Give the tokens of roles."""
        return JWTDevelopmentTokens("a secret of the tests", PLACE, self.clock)

    def headers(self, role: Role = Role.ADMIN) -> dict[str, str]:
        """Give what a client with a role sends, whose point is something else than conditions."""
        token = self.development_tokens().issue(role)
        return {**WHICHEVER_VERSION, "Authorization": f"Bearer {token}"}

    def starter(self) -> SessionStarter:
        """Give what starts sessions."""
        return SessionStarter(
            self.unit_of_work,
            self.access_cache,
            self.access_tokens(),
            HMACDeviceTokens([b"k" * 32], self.clock),
            self.clock,
            self.identifiers,
        )

    def sign_in(self) -> SignIn:
        """Give the use-case of signing in by a password."""
        return SignIn(
            unit_of_work=self.unit_of_work,
            hasher=self.password_hasher,
            guesses=Guesses(self.attempts),
            second_factors=self.second_factors,
            starter=self.starter(),
            clock=self.clock,
            identifiers=self.identifiers,
        )

    def mail_relay(self) -> MailRelay:
        """Give a new relay of mails."""
        texts = TemplateMailTexts("https://service.test")
        writer = AccountMails(self.unit_of_work, texts, self.clock)
        return MailRelay(self.unit_of_work, self.mailer, writer, self.clock, self.identifiers)

    def account_factors(self) -> AccountFactors:
        """Give what checks the second factors that accounts have."""
        return AccountFactors(
            self.unit_of_work,
            self.clock,
            self.identifiers,
            guesses=Guesses(self.attempts),
            sealer=self.sealer,
        )

    def access_tokens(self) -> JWTAccessTokens:
        """Give the tokens, signed by an asymmetric key."""
        keys = access_token_keys(KEY_SETS["EdDSA"], "")
        return JWTAccessTokens("EdDSA", keys, PLACE, self.clock)

    async def authors(self) -> list[Author]:
        """Give all authors."""
        page = await self._read(lambda stores: stores.authors.list(_ALL_OF_THEM, AuthorQuery()))
        return [*page.items]

    async def books(self) -> list[Book]:
        """Give all books."""
        page = await self._read(lambda stores: stores.books.list(_ALL_OF_THEM, BookQuery()))
        return [*page.items]

    async def pending(self) -> list[Event]:
        """Give all events of the outbox, the claimed and postponed ones too; none is touched."""
        return await self._read(
            lambda stores: stores.copy().pending_events.claim(
                _ANYBODY, _END_OF_TIME, _END_OF_TIME, _ALL
            )
        )

    async def pending_mails(self) -> list[PendingMail]:
        """Give all mails that wait, the claimed and postponed ones too; none is touched."""
        return await self._read(
            lambda stores: stores.copy().pending_mails.claim(
                _ANYBODY, _END_OF_TIME, _END_OF_TIME, _ALL
            )
        )

    async def _read(self, query: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        return await MemoryUnitOfWork.read(self.unit_of_work, query)

    async def recorded(self) -> list[Event]:
        """Give all events of the activity log, oldest first."""
        events = await MemoryActivityLog.list(
            self.activity_log, kind=None, subject=None, before=None, limit=_ALL
        )
        return events[::-1]

    async def state(self) -> State:
        """Give all that is stored."""
        return State(
            authors=await self.authors(),
            books=await self.books(),
            pending=await self.pending(),
            recorded=await self.recorded(),
            configuration=await MemoryConfigurations.load(self.configurations),
        )
