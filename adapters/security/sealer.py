"""Sealing with AES-256-GCM (NIST SP 800-38D)."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import CorruptedValue

# What begins each sealed value, so that another way can be told from this one some day.
_VERSION = b"\x01"
# SP 800-38D, 8.3: by one key, at most 2**32 values with random nonces of this size.
_NONCE_SIZE = 12


class AESSealer:
    """Seals under the first key, of 32 bytes, and unseals what any of the keys has sealed.

    Purpose and owner are authenticated with the value.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = [AESGCM(key) for key in keys]

    def seal(self, data: bytes, purpose: str, owner: UUID) -> bytes:
        """Encrypt under a new nonce."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        encrypted = self._ciphers[0].encrypt(nonce, data, _bound(_VERSION, purpose, owner))
        return _VERSION + nonce + encrypted

    def unseal(self, sealed: bytes, purpose: str, owner: UUID) -> bytes:
        """Decrypt, and check that it was sealed for these."""
        version, rest = sealed[:1], sealed[1:]
        nonce, encrypted = rest[:_NONCE_SIZE], rest[_NONCE_SIZE:]
        for cipher in self._ciphers:
            with suppress(InvalidTag, ValueError):
                return cipher.decrypt(nonce, encrypted, _bound(version, purpose, owner))
        raise CorruptedValue(
            f"What was sealed as {purpose} of {owner} can't be read: it was changed, or sealed "
            "under another FLASK_SECRET_KEY, which belongs into FLASK_SECRET_KEY_FALLBACKS."
        )


def _bound(version: bytes, purpose: str, owner: UUID) -> bytes:
    return version + owner.bytes + purpose.encode()
