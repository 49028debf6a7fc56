"""Access tokens as JSON Web Tokens (RFC 9068)."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from joserfc.jwk import JWKRegistry, Key, OctKey

from adapters.security.keys import KEY_SIZE, derived_key
from adapters.security.signed_tokens import LEEWAY, Said, SignedTokens
from domain.authentication.entities import ACCESS_TOKEN_LIFE, AccessClaims
from domain.authentication.errors import InvalidToken
from domain.ports import Clock

HMAC = "HS256"
RSA_BITS = 3072

_TYPE = "at+jwt"
_NAME_SIZE = 8
# How many tokens of late are known by their hashes, 600 bytes each.
_REMEMBERED = 10_000

_NEW: Mapping[str, tuple[str, str | int]] = {
    HMAC: ("oct", KEY_SIZE * 8),
    "EdDSA": ("OKP", "Ed25519"),
    "ES256": ("EC", "P-256"),
    "RS256": ("RSA", RSA_BITS),
}


class JWTAccessTokens:
    """Signs by the first key, and reads what any of the keys has signed.

    To check a signature takes long, so a token that was right is known again by its hash as long
    as it holds. A memory of tokens themselves would hand out what is in use.
    """

    def __init__(self, algorithm: str, keys: Sequence[Key], place: str, clock: Clock) -> None:
        self._tokens = SignedTokens(_TYPE, algorithm, keys, place, clock)
        self._clock = clock
        self._public = [] if algorithm == HMAC else [_published(key, algorithm) for key in keys]
        self._known: dict[bytes, AccessClaims] = {}

    def issue(self, claims: AccessClaims) -> str:
        """Sign a token, which no other token equals."""
        said = {
            "sub": str(claims.account_id),
            "sid": str(claims.session_id),
            "jti": token_urlsafe(16),
        }
        return self._tokens.sign(said, claims.issued_at, claims.expires_at)

    def read(self, token: str) -> AccessClaims:
        """Check a token, unless it is known."""
        digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._known.get(digest)
        if claims is None:
            claims = _claims(self._tokens.verify(token))
            self._remember(digest, claims)
        elif self._clock.now() >= claims.expires_at + LEEWAY:
            raise InvalidToken
        return claims

    def public_keys(self) -> Sequence[Mapping[str, object]]:
        """Give the keys without their private parts; HMAC has no other parts."""
        return self._public

    def _remember(self, digest: bytes, claims: AccessClaims) -> None:
        if len(self._known) >= _REMEMBERED:
            # All live equally long: the first one came soonest to its end.
            del self._known[next(iter(self._known))]
        self._known[digest] = claims


def access_token_keys(key_set: str | None, *secrets: str) -> list[Key]:
    """Give the keys of a JWK set, else one for HMAC that is derived from each of the secrets."""
    if key_set is None:
        return [_derived(secret) for secret in secrets]
    return [JWKRegistry.import_key(key) for key in json.loads(key_set)["keys"]]


def new_key_set(algorithm: str) -> str:
    """Give a JWK set (RFC 7517) with one new key for an algorithm, as the settings take it."""
    kind, size = _NEW[algorithm]
    key = JWKRegistry.generate_key(kind, size)
    # The usual name, a thumbprint, would tell the hash of a secret key.
    named = {**key.as_dict(private=True), "kid": token_urlsafe(8), "alg": algorithm}
    return json.dumps({"keys": [named]}, separators=(",", ":"))


def _derived(secret: str) -> Key:
    # Each has a name of its own, which tells nothing of the key: both are derived on their own.
    name = derived_key(secret, "name of the key of access tokens")[:_NAME_SIZE].hex()
    return OctKey.import_key(derived_key(secret, "access tokens"), {"kid": name})


def _published(key: Key, algorithm: str) -> Mapping[str, object]:
    return {**key.as_dict(private=False), "use": "sig", "alg": algorithm}


def _claims(said: Said) -> AccessClaims:
    try:
        claims = AccessClaims(
            account_id=UUID(said["sub"]),
            session_id=UUID(said["sid"]),
            issued_at=datetime.fromtimestamp(said["iat"], UTC),
            expires_at=datetime.fromtimestamp(said["exp"], UTC),
        )
    except (AttributeError, KeyError, OSError, OverflowError, TypeError, ValueError):
        raise InvalidToken from None
    if claims.expires_at - claims.issued_at > ACCESS_TOKEN_LIFE:
        raise InvalidToken
    return claims
