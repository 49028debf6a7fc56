"""Signing in by a password.

Whether there is an account, and what keeps it from signing in, is told by neither the answer nor
its time: each refusal reads the same, hashes once and leaves one event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.entities import Client, KnownDevice, Method, SignedIn
from domain.authentication.errors import (
    CodesUnusable,
    HashingOverloaded,
    InvalidCredentials,
    InvalidSecondFactor,
    SecondFactorRequired,
)
from domain.authentication.events import SESSION_REFUSED, account_event
from domain.authentication.guesses import Guesses
from domain.authentication.ports import AuthenticationStores, PasswordHasher, SecondFactors
from domain.authentication.starting import SessionStarter
from domain.ports import Clock, Identifiers, UnitOfWork

NO_ACCOUNT = UUID(int=0)
"""The subject of events about addresses that no account has."""

# Another sign-in may have kept a better hash of the same password meanwhile.
_MAX_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Credentials:
    """What somebody signs in with. No text form of it shows any of that."""

    email: str
    password: str
    code: str | None = None
    device_token: str | None = None

    def __post_init__(self) -> None:
        # As addresses are kept; and an address with spaces around it is guessed at no more often.
        object.__setattr__(self, "email", self.email.strip())


class _HashChanged(Exception):
    """The password's hash is no longer the one that was compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The use-case of signing in by a password, and a second factor where the account has one."""

    unit_of_work: UnitOfWork[AuthenticationStores]
    hasher: PasswordHasher
    guesses: Guesses
    second_factors: SecondFactors
    starter: SessionStarter
    clock: Clock
    identifiers: Identifiers

    async def sign_in(self, given: Credentials, client: Client) -> SignedIn:
        """Start a session.

        Raises InvalidCredentials alike for an unknown address, a wrong password and an account that
        can't sign in; SecondFactorRequired where the password is right and a code is missing,
        InvalidSecondFactor, CodesUnusable and TooManyAttempts. Not safe to repeat: each call starts
        a session.
        """
        for _ in range(_MAX_TRIES):
            try:
                return await self._try(given, client)
            except _HashChanged:
                continue
        raise InvalidCredentials

    async def _try(self, given: Credentials, client: Client) -> SignedIn:
        account, hashed = await self.unit_of_work.read(lambda stores: _find(stores, given.email))
        device = self._known_device(given, account)
        charges = await self.guesses.sign_in(given.email, client.network, device)
        try:
            signed_in = await self._check(account, hashed, given, client)
        except (HashingOverloaded, SecondFactorRequired, CodesUnusable, _HashChanged):
            # Nothing was compared, or nothing was wrong.
            await self.guesses.was_right(charges)
            raise
        await self.guesses.was_right(charges)
        return signed_in

    async def _check(
        self, account: Account | None, hashed: str | None, given: Credentials, client: Client
    ) -> SignedIn:
        is_right = await self.hasher.verify(given.password, hashed)
        if account is None or hashed is None or not is_right or not account.is_active:
            await self._tell_refusal(account, client, "password")
            raise InvalidCredentials
        methods = await self._second_factor(account, given, client)
        return await self._start(account, hashed, methods, given, client)

    def _known_device(self, given: Credentials, account: Account | None) -> KnownDevice | None:
        account_id = NO_ACCOUNT if account is None else account.id
        return self.starter.known_device(given.device_token, account_id)

    async def _second_factor(
        self, account: Account, given: Credentials, client: Client
    ) -> list[Method]:
        names = await self.second_factors.required(account.id)
        if not names:
            return [Method.PASSWORD]
        if given.code is None:
            raise SecondFactorRequired(names)
        try:
            return [Method.PASSWORD, await self.second_factors.check(account.id, given.code)]
        except (InvalidSecondFactor, CodesUnusable):
            await self._tell_refusal(account, client, "second factor")
            raise

    async def _start(
        self,
        account: Account,
        hashed: str,
        methods: Sequence[Method],
        given: Credentials,
        client: Client,
    ) -> SignedIn:
        is_outdated = self.hasher.is_outdated(hashed)
        better = await self.hasher.hash(given.password) if is_outdated else None

        async def check(stores: AuthenticationStores, found: Account) -> None:
            if await stores.passwords.get(found.id) != hashed:
                raise _HashChanged
            if better is not None:
                await stores.passwords.put(found.id, better, self.clock.now())

        return await self.starter.start(
            account.id, methods, client, device_token=given.device_token, check=check
        )

    async def _tell_refusal(self, account: Account | None, client: Client, reason: str) -> None:
        event = account_event(
            self.identifiers.new(),
            SESSION_REFUSED,
            NO_ACCOUNT if account is None else account.id,
            self.clock.now(),
            reason=reason,
            address=client.address,
            device=client.device,
        )
        await self.unit_of_work.run(lambda stores: stores.outbox.add(event))


async def _find(stores: AuthenticationStores, email: str) -> tuple[Account | None, str | None]:
    account = await stores.accounts.find(email)
    hashed = await stores.passwords.get(NO_ACCOUNT if account is None else account.id)
    return account, hashed
