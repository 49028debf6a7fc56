"""The keys by which a provider signs."""

import base64
from collections.abc import Mapping, Sequence

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

PublicKey = RSAKey | ECKey | OKPKey

# NIST SP 800-131A: fewer bits don't do.
MIN_RSA_BITS = 2048

_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


def read_keys(document: Mapping[str, object]) -> Sequence[PublicKey]:
    """Give the keys of a key set that can verify; those that we can't read are left out."""
    found = document.get("keys")
    return [
        key
        for item in (found if isinstance(found, list) else [])
        if isinstance(item, dict) and (key := _key(item)) is not None
    ]


def _key(item: dict[str, object]) -> PublicKey | None:
    try:
        if item.get("kty") == "RSA" and _bits(str(item.get("n"))) < MIN_RSA_BITS:
            return None
        key = JWKRegistry.import_key(item)  # type: ignore[arg-type]  # It checks each member.
    except (JoseError, KeyError, TypeError, ValueError):
        return None
    return key if isinstance(key, PublicKey) and not key.is_private else None


def _bits(number: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(number + "==")).bit_length()


def keys_for(keys: Sequence[PublicKey], algorithm: str, kid: str | None) -> Sequence[PublicKey]:
    """Give the keys that may have signed: by this algorithm, and with this id if any."""
    return [
        key
        for key in keys
        if key.key_type == _KEY_TYPES[algorithm[:2]]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and "verify" in (key.get("key_ops") or ("verify",))
        and (kid is None or key.kid == kid)
    ]
