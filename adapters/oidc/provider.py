"""One OpenID Connect provider: the authorization code flow (Core 1.0, 3.1), with PKCE."""

import base64
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from adapters.oidc.client import Answer, ExchangeFailed, ProviderClient
from adapters.oidc.discovery import Metadata, UnusableMetadata, address_of_metadata, read_metadata
from adapters.oidc.fresh import Fresh
from adapters.oidc.id_tokens import Expected, InvalidIDToken, UnknownKey, verified_claims
from adapters.oidc.identities import identity_of
from adapters.oidc.keys import PublicKey, read_keys
from domain.authentication.identities import Identity
from domain.authentication.providers import Proofs
from domain.timing import TimedStore

# What an answer with an error has when it is our registration there that does not do (RFC 6749).
_OUR_FAULTS = frozenset(
    {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}
)
_OK = 200


class NoProof(Exception):
    """What was shown to the provider, or what it says, proves nothing; the text is for a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How we are known at a provider; `redirect_uri` is that of this provider alone."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scopes: tuple[str, ...]


class OIDCProvider:
    """A provider with whom we are registered.

    Methods raise ExchangeFailed where it gives no answer that can be used, and NoProof.
    """

    def __init__(
        self,
        registration: Registration,
        client: ProviderClient,
        *,
        loopback: bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.registration = registration
        self.time = TimedStore(registration.name)
        self._client = client
        # Nothing leads from a provider elsewhere to this machine.
        self._loopback = loopback and registration.issuer.startswith("http://")
        self._metadata = Fresh(self._load_metadata, monotonic)
        self._keys = Fresh(self._load_keys, monotonic)

    async def address(self, proofs: Proofs) -> str:
        """Give where somebody signs in."""
        metadata = await self._metadata.get()
        digest = hashlib.sha256(proofs.verifier.encode()).digest()
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self.registration.client_id,
                "redirect_uri": self.registration.redirect_uri,
                "scope": " ".join(self.registration.scopes),
                "state": proofs.state,
                "nonce": proofs.nonce,
                "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
                "code_challenge_method": "S256",
            },
            quote_via=quote,
        )
        joint = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
        return f"{metadata.authorization_endpoint}{joint}{query}"

    async def identity(self, code: str, issuer: str | None, proofs: Proofs) -> Identity:
        """Give who it was that got the code."""
        metadata = await self._metadata.get()
        # Before the code is shown to anybody: it may be another provider's (RFC 9207, 2.4).
        if issuer != metadata.issuer and (issuer is not None or metadata.names_itself):
            raise NoProof("the answer does not name it as its issuer")
        id_token, access_token = await self._redeemed(metadata, code, proofs)
        expected = Expected(
            issuer=metadata.issuer,
            client_id=self.registration.client_id,
            nonce=proofs.nonce,
            algorithms=metadata.algorithms,
            access_token=access_token,
            now=int(time.time()),
        )
        claims = await self._verified(id_token, expected)
        if "email" not in claims and metadata.userinfo_endpoint is not None:
            claims = await self._with_userinfo(metadata.userinfo_endpoint, access_token, claims)
        return identity_of(metadata.issuer, claims)

    async def _redeemed(self, metadata: Metadata, code: str, proofs: Proofs) -> tuple[str, str]:
        """Exchange the code for an ID token and an access token (3.1.3)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.registration.redirect_uri,
            "code_verifier": proofs.verifier,
        }
        headers: dict[str, str] = {}
        client_id, secret = self.registration.client_id, self.registration.client_secret
        if metadata.takes_basic:
            headers["Authorization"] = _basic(client_id, secret)
        else:
            form |= {"client_id": client_id, "client_secret": secret}
        answer = await self._client.post(metadata.token_endpoint, form, headers)
        if answer.status != _OK:
            raise _refusal(answer)
        return _text(answer, "id_token"), _text(answer, "access_token")

    async def _verified(self, id_token: str, expected: Expected) -> Mapping[str, object]:
        try:
            try:
                return verified_claims(id_token, await self._keys.get(), expected)
            except UnknownKey:  # It may have changed its keys since we asked for them.
                return verified_claims(id_token, await self._keys.renewed(), expected)
        except InvalidIDToken as error:
            raise NoProof(str(error)) from None

    async def _with_userinfo(
        self, endpoint: str, access_token: str, claims: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Add what the ID token has not (5.3); it must be of the same person (5.3.2)."""
        answer = await self._client.get(endpoint, token=access_token)
        if answer.status != _OK:
            raise ExchangeFailed(f"its userinfo answers with status {answer.status}")
        if answer.body.get("sub") != claims["sub"]:
            raise NoProof("its userinfo is about somebody else")
        return {**answer.body, **claims}

    async def _load_metadata(self) -> Metadata:
        address = address_of_metadata(self.registration.issuer)
        answer = await self._client.get(address)
        if answer.status != _OK:
            raise ExchangeFailed(f"its discovery answers with status {answer.status}")
        try:
            return read_metadata(answer.body, self.registration.issuer, loopback=self._loopback)
        except UnusableMetadata as error:
            raise ExchangeFailed(str(error)) from None

    async def _load_keys(self) -> Sequence[PublicKey]:
        metadata = await self._metadata.get()
        answer = await self._client.get(metadata.jwks_uri)
        keys = read_keys(answer.body) if answer.status == _OK else ()
        if not keys:
            raise ExchangeFailed("it publishes no keys that we can use")
        return keys


def _basic(client_id: str, secret: str) -> str:
    """Show the secret as RFC 6749, 2.3.1 has it: both parts are form-encoded first."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _refusal(answer: Answer) -> Exception:
    error = answer.body.get("error")
    if error in _OUR_FAULTS:
        return ExchangeFailed(f"it answers {error}: our registration there does not do")
    if error == "invalid_grant":
        return NoProof("it does not know the code, or not for us")
    return ExchangeFailed(f"its token endpoint answers with status {answer.status}")


def _text(answer: Answer, name: str) -> str:
    value = answer.body.get(name)
    if not isinstance(value, str) or not value.isascii():
        raise ExchangeFailed(f"its token endpoint gives no {name}")
    return value
