"""Keys for many purposes from one secret."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_SIZE = 32

_PROJECT = "imflask-asgi"


def derived_key(secret: str, purpose: str) -> bytes:
    """Give the key of KEY_SIZE bytes that a secret has for a purpose (HKDF-SHA-256, RFC 5869).

    Who knows the key of one purpose knows neither the secret nor the key of another one.
    """
    info = f"{_PROJECT}: {purpose}".encode()
    return HKDF(SHA256(), KEY_SIZE, salt=None, info=info).derive(secret.encode())


def derived_keys(secrets: Sequence[str], purpose: str) -> list[bytes]:
    """Give the key that each of some secrets has for a purpose, in their order."""
    return [derived_key(secret, purpose) for secret in secrets]
