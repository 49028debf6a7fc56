"""What a provider says about itself (OpenID Connect Discovery 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.oidc.addresses import is_safe

# Those by a key that is nobody's secret here: with one, whoever can verify could sign as well.
# `EdDSA`, which names no curve, gave way to `Ed25519` (RFC 9864).
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"}
)


class UnusableMetadata(Exception):
    """The document is not one that we can work with; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The endpoints of a provider, and what it can do.

    `algorithms` are those of its signatures that we take. `names_itself` promises an `iss` beside
    each code (RFC 9207). `takes_basic` tells how the client's secret is shown: in the header, or
    else in the form.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    algorithms: frozenset[str]
    names_itself: bool
    takes_basic: bool


def address_of_metadata(issuer: str) -> str:
    """Give where the document is (4)."""
    return f"{issuer.removesuffix('/')}/.well-known/openid-configuration"


def read_metadata(document: Mapping[str, object], issuer: str, *, loopback: bool) -> Metadata:
    """Read the document of an issuer, who must be the very one (4.3); raises UnusableMetadata."""
    if document.get("issuer") != issuer:
        raise UnusableMetadata("it says that it is another issuer")
    algorithms = ALGORITHMS & _strings(document, "id_token_signing_alg_values_supported", "RS256")
    if not algorithms:
        raise UnusableMetadata("it signs by no algorithm that we take")
    methods = _strings(document, "token_endpoint_auth_methods_supported", "client_secret_basic")
    if not methods & {"client_secret_basic", "client_secret_post"}:
        raise UnusableMetadata("it takes a client's secret in no way that we know")
    has_userinfo = document.get("userinfo_endpoint") is not None
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_address(document, "authorization_endpoint", loopback=loopback),
        token_endpoint=_address(document, "token_endpoint", loopback=loopback),
        jwks_uri=_address(document, "jwks_uri", loopback=loopback),
        userinfo_endpoint=(
            _address(document, "userinfo_endpoint", loopback=loopback) if has_userinfo else None
        ),
        algorithms=algorithms,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        takes_basic="client_secret_basic" in methods,
    )


def _address(document: Mapping[str, object], name: str, *, loopback: bool) -> str:
    url = document.get(name)
    if not isinstance(url, str) or not is_safe(url, loopback=loopback):
        raise UnusableMetadata(f"its {name} is missing, or is no address with HTTPS")
    return url


def _strings(document: Mapping[str, object], name: str, default: str) -> frozenset[str]:
    values = document.get(name)
    if values is None:
        return frozenset({default})
    if not isinstance(values, list):
        raise UnusableMetadata(f"its {name} is no list")
    return frozenset(value for value in values if isinstance(value, str))
