"""API keys: the text that a machine shows, and what is kept of it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID
from zlib import crc32

from domain.authentication.entities import SECRET_SIZE, KeyAccess
from domain.authentication.errors import InvalidToken
from domain.permissions import Permission
from domain.text import check_line

# By it a request's key is told from an access token, and scanners find a key that was published.
KEY_PREFIX = "imk_"
KEY_NAME_MAX_LENGTH = 200

_ID_SIZE = 16
_CHECKSUM_SIZE = 4
_SIZE = 2 * _ID_SIZE + SECRET_SIZE + _CHECKSUM_SIZE
# Base64 without its padding.
KEY_LENGTH = len(KEY_PREFIX) + -(-_SIZE * 4 // 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is known of a key, of which only the hash of its secret is kept.

    It may what its `permissions` and those of its account's role have in common, until it expires.
    Raises InvalidValue for a name that is blank or too long.
    """

    id: UUID
    account_id: UUID
    name: str
    secret_hash: bytes
    permissions: frozenset[Permission]
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime

    def __post_init__(self) -> None:
        check_line("name", self.name, KEY_NAME_MAX_LENGTH)


@dataclass(frozen=True, slots=True)
class ShownKey:
    """What the text of a key says: whose it claims to be, and the hash of the secret it shows."""

    account_id: UUID
    key_id: UUID
    secret_hash: bytes


def is_key(text: str) -> bool:
    """Tell whether a text is meant to be an API key."""
    return text.startswith(KEY_PREFIX)


def make_key(account_id: UUID, key_id: UUID, secret: bytes) -> str:
    """Give the text of a key: `imk_` and base64url of both ids, the secret and a checksum.

    The secret has SECRET_SIZE random bytes. The checksum (CRC-32) lets scanners tell a key from
    what looks like one; it protects nothing.
    """
    said = account_id.bytes + key_id.bytes + secret
    encoded = urlsafe_b64encode(said + crc32(said).to_bytes(_CHECKSUM_SIZE))
    return KEY_PREFIX + encoded.rstrip(b"=").decode("ascii")


def read_key(text: str) -> ShownKey:
    """Give what a key says, which nobody has checked yet; raises InvalidToken for another text."""
    if len(text) != KEY_LENGTH or not is_key(text):
        raise InvalidToken
    try:
        said = urlsafe_b64decode(text.removeprefix(KEY_PREFIX) + "=" * (-_SIZE % 3))
    except ValueError:
        raise InvalidToken from None
    if len(said) != _SIZE:  # Characters that are none of base64's were passed over.
        raise InvalidToken
    account_id, key_id = UUID(bytes=said[:_ID_SIZE]), UUID(bytes=said[_ID_SIZE : 2 * _ID_SIZE])
    secret = said[2 * _ID_SIZE : -_CHECKSUM_SIZE]
    # One key has one text: no other spelling of its base64, and no other checksum.
    if make_key(account_id, key_id, secret) != text:
        raise InvalidToken
    return ShownKey(account_id, key_id, secret_hash(secret))


def secret_hash(secret: bytes) -> bytes:
    """Give what is kept of a secret; 256 random bits need no slow hash, and no salt."""
    return sha256(secret).digest()


def find_key(
    shown: ShownKey, keys: Mapping[UUID, KeyAccess], now: datetime
) -> tuple[UUID, KeyAccess]:
    """Give the key that was shown; raises InvalidToken where it is none of these, or expired."""
    key = keys.get(shown.key_id)
    if key is None or not compare_digest(key.secret_hash, shown.secret_hash):
        raise InvalidToken
    if key.expires_at is not None and key.expires_at <= now:
        raise InvalidToken
    return shown.key_id, key
