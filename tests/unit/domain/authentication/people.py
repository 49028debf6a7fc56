"""The use-cases of sign-up, passwords and addresses over fakes, and somebody who uses them."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from adapters.memory.limiter import MemoryRateLimiter
from adapters.memory.passwords import FastPasswordHasher
from domain.accounts.entities import Account
from domain.authentication.confirmation import Confirmation
from domain.authentication.confirming import StepUp
from domain.authentication.email_changes import EmailChanges
from domain.authentication.entities import Client, Method, RefreshState, Session
from domain.authentication.errors import InvalidSecondFactor
from domain.authentication.guesses import Guesses
from domain.authentication.mail_requests import MailRequests
from domain.authentication.password_changes import PasswordChanges
from domain.authentication.sign_up import NewAccount, SignUp
from domain.callers import Caller
from domain.mail.entities import Mail
from tests.unit.fakes import Fakes

PASSWORD = "correct horse"
CLIENT = Client(address="192.0.2.7", network="192.0.2.7", device="a browser")
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{43}$", re.MULTILINE)


@dataclass
class ScriptedFactors:
    """The SecondFactors of an account that has what a test says; `good` is a code of it."""

    methods: tuple[Method, ...] = ()
    good: str = "123456"

    async def required(self, _account_id: UUID) -> tuple[Method, ...]:
        return self.methods

    async def check(self, _account_id: UUID, code: str) -> Method:
        if code != self.good:
            raise InvalidSecondFactor
        return Method.TOTP


@dataclass
class People:
    """The use-cases, and ways to get at what they do."""

    fakes: Fakes
    hasher: FastPasswordHasher = field(default_factory=FastPasswordHasher)
    attempts: MemoryRateLimiter = field(default_factory=MemoryRateLimiter)
    factors: ScriptedFactors = field(default_factory=ScriptedFactors)
    are_open: bool = True

    @property
    def sign_up(self) -> SignUp:
        async def are_open() -> bool:
            return self.are_open

        return SignUp(**self._ports(), hasher=self.hasher, are_open=are_open)

    @property
    def passwords(self) -> PasswordChanges:
        return PasswordChanges(**self._ports(), hasher=self.hasher, confirmations=self.step_up)

    @property
    def emails(self) -> EmailChanges:
        return EmailChanges(**self._ports(), confirmations=self.step_up)

    @property
    def step_up(self) -> StepUp:
        return StepUp(
            unit_of_work=self.fakes.unit_of_work,
            hasher=self.hasher,
            second_factors=self.factors,
            guesses=Guesses(self.attempts),
            clock=self.fakes.clock,
        )

    def _ports(self) -> dict[str, object]:
        return {
            "unit_of_work": self.fakes.unit_of_work,
            "access_cache": self.fakes.access_cache,
            "clock": self.fakes.clock,
            "identifiers": self.fakes.identifiers,
            "requests": MailRequests(self.attempts),
        }

    async def send_mails(self) -> list[Mail]:
        """Send all that wait, and give them."""
        before = len(self.fakes.mailer.sent)
        while await self.fakes.mail_relay().deliver_batch():
            pass
        return self.fakes.mailer.sent[before:]

    async def token(self) -> str:
        """Send what waits, and give the token of the one mail that has one."""
        (found,) = [token for mail in await self.send_mails() for token in tokens_in(mail)]
        return found

    async def account(self, email: str) -> Account | None:
        """Look for an account."""
        return await self.fakes.unit_of_work.read(lambda stores: stores.accounts.find(email))

    async def has_password(self, email: str, password: str) -> bool:
        """Tell whether the account with an address has this password."""
        account = await self.account(email)
        assert account is not None
        hashed = await self.fakes.unit_of_work.read(lambda stores: stores.passwords.get(account.id))
        return await self.hasher.verify(password, hashed)

    async def signed_up(self, email: str = "ann@example.org") -> Account:
        """Give a new account with the usual password."""
        await self.sign_up.sign_up(NewAccount(email=email, password=PASSWORD), CLIENT)
        await self.sign_up.verify(await self.token(), PASSWORD, CLIENT)
        account = await self.account(email)
        assert account is not None
        return account

    async def session(self, account: Account, *methods: Method) -> Session:
        """Start a session, at the present time."""
        now, session_id = self.fakes.clock.now(), self.fakes.identifiers.new()
        session = Session(
            id=session_id,
            account_id=account.id,
            refresh=RefreshState(family=b"f" * 32, current=b"c" * 32, rotated_at=now),
            device="a browser",
            address="192.0.2.7",
            methods=methods or (Method.PASSWORD,),
            authenticated_at=now,
            last_seen_at=now,
            expires_at=now.replace(year=now.year + 1),
            created_at=now,
        )
        await self.fakes.unit_of_work.run(lambda stores: stores.sessions.add(session))
        return session

    async def live_sessions(self, account: Account) -> list[UUID]:
        """Give the ids of the sessions that have not ended."""
        now = self.fakes.clock.now()
        live = await self.fakes.unit_of_work.read(
            lambda stores: stores.sessions.live_of(account.id, now, 10)
        )
        return [session.id for session in live]

    async def kinds(self) -> list[str]:
        """Give the kinds of all events."""
        return [event.kind for event in await self.fakes.pending()]


def caller_of(session: Session) -> Caller:
    """Give the one who calls in a session."""
    return Caller(
        name=f"account {session.account_id}",
        permissions=frozenset(),
        account_id=session.account_id,
        session_id=session.id,
    )


def tokens_in(mail: Mail) -> list[str]:
    """Give the tokens that a mail brings."""
    return _TOKEN.findall(mail.text)


def confirmed(password: str | None = PASSWORD, code: str | None = None) -> Confirmation:
    """Give a confirmation."""
    return Confirmation(password=password, code=code)
