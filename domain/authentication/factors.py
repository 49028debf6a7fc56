"""What is kept of second factors and passkeys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.text import check_line

# For what the secrets of codes are sealed.
TOTP_PURPOSE = "totp"

MAX_PASSKEYS = 20
PASSKEY_NAME_MAX_LENGTH = 200
# WebAuthn level 3, 5.1: authenticators make ids of up to so many bytes.
CREDENTIAL_ID_MAX_SIZE = 1023
CHALLENGE_SIZE = 32
# For so long an authenticator may take, with its user.
CHALLENGE_LIFE = timedelta(minutes=5)
# For so long somebody may take to put a secret into an app: it may be shown on a screen meanwhile.
ENROLMENT_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class TOTPSecret:
    """The secret that an account shares with an app for codes.

    It counts from `confirmed_at` on, when somebody showed that the app has it, which nobody can
    from `expires_at` on. No code of `last_step` or of a step before is taken.
    """

    account_id: UUID
    sealed: bytes
    confirmed_at: datetime | None
    last_step: int
    created_at: datetime

    @property
    def expires_at(self) -> datetime:
        """From when on it is of no use, where it was not confirmed."""
        return self.created_at + ENROLMENT_LIFE


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What an authenticator tells of a key pair that it made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A credential with which an account signs in, under a name that its owner gave.

    `sign_count` is what the authenticator counted when it was last used, 0 if it does not count.
    Raises InvalidValue for a name that is blank or too long.
    """

    id: UUID
    account_id: UUID
    name: str
    credential: Credential
    created_at: datetime
    last_used_at: datetime | None = None

    def __post_init__(self) -> None:
        check_line("name", self.name, PASSKEY_NAME_MAX_LENGTH)


class Purpose(StrEnum):
    """What a challenge may be answered for."""

    ADD_PASSKEY = "passkey.add"
    SIGN_IN_BY_PASSKEY = "passkey.sign-in"
