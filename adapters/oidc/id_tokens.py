"""Whether an ID token is what its provider just said to us (OpenID Connect Core 1.0, 3.1.3.7)."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64encode

from adapters.oidc.keys import PublicKey, keys_for
from domain.authentication.identities import SUBJECT_MAX_LENGTH

# Seconds by which the provider's clock and ours may differ.
LEEWAY = 30


class InvalidIDToken(Exception):
    """The token proves nothing; the text, which is for a log, says why and quotes none of it."""


class UnknownKey(InvalidIDToken):
    """It is signed by a key that is not among those that we know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token has to agree with. `now` is a POSIX time."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: frozenset[str]
    access_token: str
    now: int


def verified_claims(
    token: str, keys: Sequence[PublicKey], expected: Expected
) -> Mapping[str, object]:
    """Give what the token says; raises UnknownKey and InvalidIDToken."""
    registry = jws.JWSRegistry(algorithms=[*expected.algorithms], strict_check_header=False)
    try:
        header = jws.extract_compact(token.encode(), registry=registry).headers()
        key = _key(header, keys, expected.algorithms)
        claims = jwt.decode(token, key, registry=registry).claims
        _claims_registry(expected).validate(claims)
    except (JoseError, RecursionError, TypeError, ValueError) as error:
        raise InvalidIDToken(f"its ID token is refused ({type(error).__name__})") from None
    _check(claims, expected, str(header["alg"]))
    return claims


def _key(
    header: Mapping[str, Any], keys: Sequence[PublicKey], algorithms: frozenset[str]
) -> PublicKey:
    """Choose the key; what the header has of keys and addresses of keys is not looked at."""
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise InvalidIDToken("its ID token has an algorithm that is not allowed")
    if "crit" in header or not isinstance(kid, str | None):
        raise InvalidIDToken("its ID token has a header that we don't understand")
    found = keys_for(keys, algorithm, kid)
    if not found:
        raise UnknownKey("its ID token is signed by a key that it does not publish")
    if len(found) > 1:
        raise InvalidIDToken("its ID token does not say which key has signed it")
    return found[0]


def _claims_registry(expected: Expected) -> jwt.JWTClaimsRegistry:
    """Who may have said it, to whom, and when: all of that has to be there."""
    return jwt.JWTClaimsRegistry(
        now=expected.now,
        leeway=LEEWAY,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        azp={"value": expected.client_id},
    )


def _check(claims: Mapping[str, object], expected: Expected, algorithm: str) -> None:
    """Check what is OpenID Connect's own."""
    if claims["aud"] not in (expected.client_id, [expected.client_id]):
        raise InvalidIDToken("its ID token is for others too, whom we don't trust")
    subject = str(claims["sub"])
    if len(subject) > SUBJECT_MAX_LENGTH or not subject.isascii():
        raise InvalidIDToken("its subject is longer than may be, or is not ASCII")
    if not _same(claims.get("nonce"), expected.nonce):
        raise InvalidIDToken("its ID token answers another request")
    if "at_hash" in claims:
        hashed = _half_hash(expected.access_token, algorithm)
        if not _same(claims["at_hash"], hashed):
            raise InvalidIDToken("its ID token came with another access token")


def _half_hash(access_token: str, algorithm: str) -> str:
    """Give the left half of the token's hash (3.1.3.6), by the algorithm's own function."""
    name = "sha512" if algorithm == "Ed25519" else f"sha{algorithm[2:]}"
    digest = hashlib.new(name, access_token.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).decode()


def _same(value: object, secret: str) -> bool:
    return isinstance(value, str) and hmac.compare_digest(value.encode(), secret.encode())
