"""What authentication asks of the outside."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.accounts.ports import Accounts
from domain.authentication.entities import Access, AccessClaims, KnownDevice, Method, Session
from domain.authentication.keys import ApiKey
from domain.limits.entities import Charge, Verdict
from domain.mail.ports import Mails
from domain.ports import Outbox


class PasswordHasher(Protocol):
    """Slow, salted hashes of passwords, made off the event loop and only so many at once.

    Passwords are the same when their Unicode normal forms KC are (NIST SP 800-63B-4, 3.1.1.2).
    `hash` and `verify` raise HashingOverloaded when too many wait for their turn.
    """

    async def hash(self, password: str) -> str:
        """Give a new hash, of at most 255 ASCII characters, with its parameters in it."""
        ...

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Tell whether the password is that of the hash.

        Without one, or with one that can't be read, it takes the same time and gives False.
        """
        ...

    def is_outdated(self, hashed: str) -> bool:
        """Tell whether a hash made now would have other parameters."""
        ...


class SecondFactors(Protocol):
    """What some accounts ask for beside the password. Each call is a unit of work of its own."""

    async def required(self, account_id: UUID) -> tuple[str, ...]:
        """Name those that the account has, any of which will do; none if it asks for none."""
        ...

    async def check(self, account_id: UUID, code: str) -> Method:
        """Use a code up, and tell of which of them it is.

        It counts once, whatever comes of what it was shown for. Raises InvalidSecondFactor for
        one that does not hold, CodesUnusable where that can't be told, and TooManyAttempts.
        """
        ...


class DeviceTokens(Protocol):
    """Signed tokens by which a device is known again on which an account was signed in before.

    They prove nothing but that: whoever guesses from elsewhere can't keep the device from trying.
    """

    def issue(self, device: KnownDevice) -> str:
        """Give a new token."""
        ...

    def read(self, token: str) -> KnownDevice | None:
        """Give the device; None for any text that was not issued here, or too long ago."""
        ...


class AccessTokens(Protocol):
    """Signed tokens that say who is signed in."""

    def issue(self, claims: AccessClaims) -> str:
        """Give a token, signed by the newest key."""
        ...

    def read(self, token: str) -> AccessClaims:
        """Give what a token says that one of the keys has signed and that holds now.

        Raises InvalidToken for any other text, of any length.
        """
        ...

    def public_keys(self) -> Sequence[Mapping[str, object]]:
        """Give the keys that others can check tokens by, as JSON Web Keys; none are secret."""
        ...


class Passwords(Protocol):
    """The hash of each account's password; an account may have none."""

    async def get(self, account_id: UUID) -> str | None:
        """Give the hash, or None."""
        ...

    async def put(self, account_id: UUID, hashed: str, now: datetime) -> None:
        """Keep the hash in place of another one; the account must exist."""
        ...


class Sessions(Protocol):
    """The sessions of all accounts. They stay after their end until they are purged."""

    async def add(self, session: Session) -> None:
        """Keep a new session; the account must exist. Raises Conflict when its id is taken."""
        ...

    async def get_for_change(self, session_id: UUID) -> Session | None:
        """Give the session, or None; nobody else can change it before this unit of work ends."""
        ...

    async def save(self, session: Session, now: datetime) -> None:
        """Replace the kept session."""
        ...

    async def live_of(self, account_id: UUID, now: datetime, limit: int) -> list[Session]:
        """Give at most `limit` live sessions of an account, those seen last first."""
        ...

    async def end_all(self, account_id: UUID, now: datetime, *, but: UUID | None) -> list[UUID]:
        """End all live sessions of an account but one; gives which."""
        ...

    async def purge(self, ended_before: datetime, limit: int) -> int:
        """Remove at most `limit` sessions that ended or expired before then; gives how many."""
        ...


class ApiKeys(Protocol):
    """The API keys of all accounts. One that was revoked is gone; one that expired is not."""

    async def add(self, key: ApiKey) -> None:
        """Keep a new key; the account must exist. Raises Conflict when its id is taken."""
        ...

    async def of(self, account_id: UUID, limit: int) -> list[ApiKey]:
        """Give at most `limit` keys of an account, in the order of ids."""
        ...

    async def remove(self, account_id: UUID, key_id: UUID) -> bool:
        """Make a key absent; tells whether the account had it."""
        ...

    async def note_use(self, key_id: UUID, used_at: datetime, *, unless_since: datetime) -> bool:
        """Note a use, unless one at `unless_since` or later is noted; tells whether it was."""
        ...

    async def purge(self, expired_before: datetime, limit: int) -> int:
        """Remove at most `limit` keys that expired before then; gives how many."""
        ...


class Accesses(Protocol):
    """What decides about the requests of an account, read from all that is kept of it."""

    async def get(self, account_id: UUID, now: datetime) -> Access | None:
        """Give it; None for an account that is absent, disabled or not verified."""
        ...


class Door(Protocol):
    """What each request asks before its view, at once: its limits, and the access of an account."""

    async def enter(
        self,
        charges: Sequence[Charge],
        account_id: UUID | None,
        load: Callable[[], Awaitable[Access | None]],
    ) -> tuple[list[Verdict], Access | None]:
        """Make the charges as a RateLimiter does, and give the Access as a Cache does.

        There is none for no account, and where a limit refuses: nothing is loaded then. Raises
        what `load` raises, and no StoreUnavailable of its own.
        """
        ...


class AuthenticationStores(Protocol):
    """The stores of authentication that share a unit of work."""

    @property
    def accounts(self) -> Accounts:
        """The accounts."""
        ...

    @property
    def passwords(self) -> Passwords:
        """The hashes of their passwords."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Their sessions."""
        ...

    @property
    def api_keys(self) -> ApiKeys:
        """Their API keys."""
        ...

    @property
    def accesses(self) -> Accesses:
        """What decides about their requests."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Where a change leaves its event."""
        ...

    @property
    def mails(self) -> Mails:
        """Where a change leaves its mails."""
        ...
