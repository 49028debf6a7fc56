"""Accounts with second factors: the use-cases over any stores, and what people have at hand."""

import json
from base64 import b32decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from adapters.memory.clock import FixedClock
from adapters.memory.identity_providers import MemoryIdentityProviders
from adapters.memory.limiter import MemoryRateLimiter
from adapters.security.passkeys import WebAuthnPasskeys
from adapters.security.sealer import AESSealer
from adapters.system.identifiers import UUID7Identifiers
from domain.authentication.confirmation import Confirmation
from domain.authentication.entities import Client, Method, SignedIn
from domain.authentication.errors import ConfirmationRequired, InvalidSecondFactor
from domain.authentication.factor_ports import FactorStores
from domain.authentication.factor_removal import FactorRemoval
from domain.authentication.guesses import Guesses
from domain.authentication.passkey_challenges import PasskeyOptions
from domain.authentication.passkey_sign_in import PasskeySignIn
from domain.authentication.passkey_use_cases import AddedPasskey, PasskeyUseCases
from domain.authentication.second_factors import AccountFactors
from domain.authentication.totp import STEP_SECONDS, code_at, step_at
from domain.authentication.totp_use_cases import TOTPUseCases
from domain.callers import Caller, acting_as
from domain.ports import UnitOfWork
from tests.authenticator import Authenticator, Json
from tests.contracts.examples import new_account
from tests.unit.fakes import ISSUERS

ORIGIN, HOST = "https://service.example", "service.example"
RIGHT = Confirmation(password="the right one")
WRONG = Confirmation(password="another one")
CLIENT = Client(address="192.0.2.1", network="192.0.2.1", device="a browser")
KEY = b"k" * 32
A_STEP = timedelta(seconds=STEP_SECONDS)


class FakeConfirmations:
    """Takes one confirmation for right, and all others for wrong."""

    async def confirm(
        self,
        account_id: UUID,  # noqa: ARG002 - named by the port.
        confirmation: Confirmation,
    ) -> None:
        if confirmation is not RIGHT:
            raise ConfirmationRequired


@contextmanager
def signed_in(account_id: UUID) -> Iterator[None]:
    """Make somebody who is signed in to the account the caller."""
    caller = Caller(
        name=f"account:{account_id}",
        permissions=frozenset(),
        account_id=account_id,
        session_id=UUID(int=7),
    )
    with acting_as(caller):
        yield


class FakeStarter:
    """Starts no session; it keeps for whom one was to be started, and by what."""

    def __init__(self) -> None:
        self.started: list[tuple[UUID, tuple[Method, ...], str | None]] = []

    async def start(
        self,
        account_id: UUID,
        methods: Sequence[Method],
        client: Client,  # noqa: ARG002 - named by the port.
        *,
        device_token: str | None = None,
    ) -> SignedIn:
        self.started.append((account_id, tuple(methods), device_token))
        return SignedIn(
            account_id=account_id,
            session_id=UUID(int=8),
            access_token="access",
            expires_in=600,
            refresh_token="refresh",
            device_token=None,
        )


@dataclass
class App:
    """An app for codes."""

    clock: FixedClock
    secret: str

    def code(self, steps: int = 0) -> str:
        """Give the code that it shows, or showed so many steps before."""
        return code_at(b32decode(self.secret), step_at(self.clock.now()) + steps)


def authenticator() -> Authenticator:
    """Make one without a passkey yet."""
    return Authenticator(origin=ORIGIN, rp_id=HOST)


def asked_of(options: PasskeyOptions) -> Json:
    """Give what a browser reads."""
    read: Json = json.loads(json.dumps(options.public_key))
    return read


@dataclass
class Factors:
    """The use-cases of second factors over the stores of a unit of work."""

    unit_of_work: UnitOfWork[FactorStores]
    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime(2026, 3, 4, tzinfo=UTC)))
    guesses: Guesses = field(default_factory=lambda: Guesses(MemoryRateLimiter()))
    sealer: AESSealer = field(default_factory=lambda: AESSealer([KEY]))
    identifiers: UUID7Identifiers = field(default_factory=UUID7Identifiers)
    starter: FakeStarter = field(default_factory=FakeStarter)
    verifier: WebAuthnPasskeys = field(default_factory=lambda: WebAuthnPasskeys(ORIGIN))
    providers: MemoryIdentityProviders = field(
        default_factory=lambda: MemoryIdentityProviders(ISSUERS)
    )

    def __post_init__(self) -> None:
        ports = (self.unit_of_work, FakeConfirmations(), self.clock, self.identifiers)
        self.totp = TOTPUseCases(
            *ports, guesses=self.guesses, sealer=self.sealer, issuer="My Service"
        )
        self.removal = FactorRemoval(*ports)
        self.passkeys = PasskeyUseCases(*ports, verifier=self.verifier, providers=self.providers)
        self.passkey_sign_in = PasskeySignIn(
            unit_of_work=self.unit_of_work,
            verifier=self.verifier,
            starter=self.starter,
            clock=self.clock,
            identifiers=self.identifiers,
        )
        self.factors = AccountFactors(
            self.unit_of_work,
            self.clock,
            self.identifiers,
            guesses=self.guesses,
            sealer=self.sealer,
        )

    async def required(self, account_id: UUID) -> tuple[Method, ...]:
        """Give the second factors that an account has."""
        return await self.factors.required(account_id)

    async def tried(self, account_id: UUID, code: str) -> Method | None:
        """Give what a code proves, None for nothing."""
        try:
            return await self.factors.check(account_id, code)
        except InvalidSecondFactor:
            return None

    async def new_account(self, **details: object) -> UUID:
        """Keep an account with a password."""
        account = new_account(**details)  # type: ignore[arg-type]  # Those of the example.

        async def add(stores: FactorStores) -> None:
            await stores.accounts.add(account)
            await stores.passwords.put(account.id, "a hash", self.clock.now())

        await self.unit_of_work.run(add)
        return account.id

    async def enable_codes(self, account_id: UUID) -> tuple[App, tuple[str, ...]]:
        """Give the app, at a step of which no code was used, and the recovery codes."""
        with signed_in(account_id):
            app = App(self.clock, (await self.totp.begin(RIGHT)).secret)
            codes = await self.totp.enable(app.code(), CLIENT)
        self.clock.advance(A_STEP)
        return app, codes

    async def add_passkey(
        self, account_id: UUID, device: Authenticator, name: str = "phone"
    ) -> AddedPasskey:
        """Make a passkey."""
        with signed_in(account_id):
            options = await self.passkeys.begin(RIGHT)
            return await self.passkeys.add(
                options.challenge_id, name, device.create(asked_of(options)), CLIENT
            )

    async def sign_in_by(self, device: Authenticator) -> SignedIn:
        """Sign in by a passkey."""
        options = await self.passkey_sign_in.begin()
        return await self.passkey_sign_in.sign_in(
            options.challenge_id, device.get(asked_of(options)), CLIENT
        )
