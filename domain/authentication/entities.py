"""What accounts sign in with, and what they have once they are signed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.permissions import Permission, Role

ACCESS_TOKEN_LIFE = timedelta(minutes=10)
# A session that nobody refreshes for so long ends; however often it is refreshed, it ends at last.
SESSION_IDLE_LIFE = timedelta(days=30)
SESSION_LIFE = timedelta(days=180)
# For so long after it was used a refresh token gives the same successor again: its answer was lost.
REFRESH_GRACE = timedelta(seconds=30)
# The session used longest ago ends when an account would have more.
MAX_SESSIONS = 50
MAX_KEYS = 20
# From so long after its authentication on, a session alone does not do to change a credential.
FRESH_FOR = timedelta(minutes=10)

SECRET_SIZE = 32
DEVICE_MAX_LENGTH = 200


class Method(StrEnum):
    """How somebody proved who they are; values are those of RFC 8176 where it has one."""

    PASSWORD = "pwd"  # noqa: S105  # The name of a method.
    TOTP = "otp"
    RECOVERY_CODE = "rcv"
    PASSKEY = "swk"
    PROVIDER = "fed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshState:
    """The hashes (SHA-256) by which the refresh tokens of one session are known.

    `family` is of the secret that all of them bear, `current` of the newest one's own secret and
    `previous` of the one before. `nonce` is that from which the newest was derived.
    """

    family: bytes
    current: bytes
    previous: bytes | None = None
    nonce: bytes | None = None
    rotated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One device on which an account is signed in, until it ends or expires.

    `device` and `address` are what the client said of itself when it was last seen.
    `authenticated_at` is when somebody last proved who they are, by `methods`.
    """

    id: UUID
    account_id: UUID
    refresh: RefreshState
    device: str
    address: str
    methods: tuple[Method, ...]
    authenticated_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    created_at: datetime
    ended_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it has neither ended nor expired."""
        return self.ended_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What a request tells of where it comes from; nothing of it is proved.

    `address` is that of the client, and `network` the part of it that is not its own to choose.
    `device` is what its program calls itself.
    """

    address: str
    network: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """A device on which an account was signed in before."""

    id: UUID
    account_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAccess:
    """What decides about a request with an API key."""

    secret_hash: bytes
    permissions: frozenset[Permission]
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """All of an account that decides about its requests; one entry of the cache.

    `sessions` are the live ones, with the time at which each expires. An account that is absent,
    disabled or not verified has no Access at all.
    """

    account_id: UUID
    role: Role
    sessions: Mapping[UUID, datetime]
    keys: Mapping[UUID, KeyAccess] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """What an access token says. It holds for the session, as long as that is live."""

    account_id: UUID
    session_id: UUID
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignedIn:
    """What somebody gets who has signed in. No text form of it shows a token.

    The access token holds for `expires_in` seconds. The session's next one is had for the refresh
    token. The device token is kept for the next time that somebody signs in there; None where it
    did not change.
    """

    account_id: UUID
    session_id: UUID
    access_token: str
    expires_in: int
    refresh_token: str
    device_token: str | None
