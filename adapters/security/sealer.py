"""Sealing with AES-256-GCM (NIST SP 800-38D)."""

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import CorruptedValue

# What begins each sealed value, so that another way can be told from this one some day.
_VERSION = b"\x01"
# SP 800-38D, 8.3: by one key, at most 2**32 values with random nonces of this size.
_NONCE_SIZE = 12


class AESSealer:
    """Seals under one key of 32 bytes; purpose and owner are authenticated with the value."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, data: bytes, purpose: str, owner: UUID) -> bytes:
        """Encrypt under a new nonce."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        encrypted = self._cipher.encrypt(nonce, data, _bound(_VERSION, purpose, owner))
        return _VERSION + nonce + encrypted

    def unseal(self, sealed: bytes, purpose: str, owner: UUID) -> bytes:
        """Decrypt, and check that it was sealed for these."""
        version, rest = sealed[:1], sealed[1:]
        nonce, encrypted = rest[:_NONCE_SIZE], rest[_NONCE_SIZE:]
        try:
            return self._cipher.decrypt(nonce, encrypted, _bound(version, purpose, owner))
        except (InvalidTag, ValueError) as error:
            raise CorruptedValue(
                f"What was sealed as {purpose} of {owner} can't be read: it was changed, or sealed "
                "under another FLASK_SECRET_KEY."
            ) from error


def _bound(version: bytes, purpose: str, owner: UUID) -> bytes:
    return version + owner.bytes + purpose.encode()
