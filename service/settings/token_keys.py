"""The keys that sign access tokens: a JSON Web Key set (RFC 7517) that fits the algorithm."""

import json
import re
from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry
from joserfc.util import urlsafe_b64decode

MAX_KEYS = 10
SHORTEST_SECRET = 32
RSA_BITS = range(2048, 4097)

HMAC = "HS256"
# The type of key that an algorithm takes, and its curve (RFC 7518, RFC 8037).
_TYPES = {
    HMAC: ("oct", None),
    "EdDSA": ("OKP", "Ed25519"),
    "ES256": ("EC", "P-256"),
    "RS256": ("RSA", None),
}
ALGORITHMS = frozenset(_TYPES)

_NAME = re.compile(r"[!-~]{1,64}")

Key = Mapping[str, Any]


def check_token_keys(text: str, algorithm: str) -> None:
    """Raise ValueError, with a reason that quotes no key, for what the algorithm can't use."""
    keys = _keys(text)
    for number, key in enumerate(keys, start=1):
        try:
            _check_type(key, algorithm)
            _check_size(key, algorithm)
            _check_parts(key, signs=number == 1)
        except ValueError as error:
            raise ValueError(f"has a key, number {number}, that {error}") from None
    names = [key["kid"] for key in keys]
    if len(set(names)) < len(names):
        raise ValueError("has two keys of one kid")


def _keys(text: str) -> list[Key]:
    try:
        match json.loads(text):
            case {"keys": [*keys]} if all(isinstance(key, dict) for key in keys):
                if 1 <= len(keys) <= MAX_KEYS:
                    return keys
                raise ValueError(f"has {len(keys)} keys, not 1 to {MAX_KEYS}")
    except (json.JSONDecodeError, RecursionError):
        # Its message would quote what it was given.
        pass
    raise ValueError("is no JWK set")


def _check_type(key: Key, algorithm: str) -> None:
    kind, curve = _TYPES[algorithm]
    if key.get("kty") != kind or (curve and key.get("crv") != curve):
        raise ValueError(f"is not of the type {' '.join(filter(None, (kind, curve)))}")
    if key.get("alg", algorithm) != algorithm or key.get("use", "sig") != "sig":
        raise ValueError(f"is for something else than {algorithm}")
    if not isinstance(key.get("kid"), str) or not _NAME.fullmatch(key["kid"]):
        raise ValueError("has no kid of 1 to 64 visible ASCII characters")


def _check_size(key: Key, algorithm: str) -> None:
    if algorithm == HMAC and len(_decoded(key, "k")) < SHORTEST_SECRET:
        raise ValueError(f"has fewer than {SHORTEST_SECRET} bytes")
    if algorithm == "RS256":
        bits = int.from_bytes(_decoded(key, "n")).bit_length()
        if bits not in RSA_BITS:
            raise ValueError(f"has {bits} bits, not {RSA_BITS[0]} to {RSA_BITS[-1]}")


def _check_parts(key: Key, *, signs: bool) -> None:
    try:
        imported = JWKRegistry.import_key(dict(key))
    except (JoseError, ValueError, TypeError):
        raise ValueError("is incomplete or malformed") from None
    if signs and not imported.is_private:
        raise ValueError("has no private part, which the first one needs to sign")


def _decoded(key: Key, part: str) -> bytes:
    text = key.get(part)
    try:
        return urlsafe_b64decode(text.encode()) if isinstance(text, str) else b""
    except ValueError:
        return b""
