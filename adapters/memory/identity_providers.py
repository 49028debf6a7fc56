"""Identity providers in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

from domain.authentication.identities import Identity
from domain.authentication.provider_errors import (
    ProviderSignInRefused,
    ProviderUnavailable,
    UnknownProvider,
)
from domain.authentication.providers import Proofs


@dataclass(frozen=True, slots=True)
class _Grant:
    provider: str
    nonce: str
    challenge: str
    identity: Identity


class MemoryIdentityProviders:
    """The fake of IdentityProviders: `issuers` by name; `sign_in` is what somebody does there.

    Those whose names are in `away` give no answer.
    """

    def __init__(self, issuers: Mapping[str, str]) -> None:
        self._issuers = issuers
        self._grants: dict[str, _Grant] = {}
        self._codes = 0
        self.away: set[str] = set()

    def sign_in(self, address: str, identity: Identity) -> str:
        """Sign somebody in at an address that `begin` gave; gives the code."""
        asked = dict(parse_qsl(urlsplit(address).query))
        self._codes += 1
        code = f"code-{self._codes}"
        provider = asked["provider"]
        self._grants[code] = _Grant(provider, asked["nonce"], asked["challenge"], identity)
        return code

    @property
    def names(self) -> Sequence[str]:
        """The names, as they were given."""
        return tuple(self._issuers)

    def named(self, issuer: str) -> str | None:
        """Look for the issuer."""
        return next((name for name, known in self._issuers.items() if known == issuer), None)

    async def begin(self, provider: str, proofs: Proofs) -> str:
        """Put the address together."""
        issuer = self._issuer(provider)
        asked = {
            "provider": provider,
            "state": proofs.state,
            "nonce": proofs.nonce,
            "challenge": _hash(proofs.verifier),
        }
        return f"{issuer}/authorize?{urlencode(asked)}"

    async def finish(
        self, provider: str, code: str, issuer: str | None, proofs: Proofs
    ) -> Identity:
        """Look the code up, and use it up."""
        if issuer not in {None, self._issuer(provider)}:
            raise ProviderSignInRefused("another issuer")
        found = self._grants.get(code)
        if found is None or (found.provider, found.challenge) != (provider, _hash(proofs.verifier)):
            raise ProviderSignInRefused("an unknown code")
        del self._grants[code]
        if found.nonce != proofs.nonce:
            raise ProviderSignInRefused("another nonce")
        return found.identity

    def _issuer(self, provider: str) -> str:
        if provider not in self._issuers:
            raise UnknownProvider
        if provider in self.away:
            raise ProviderUnavailable(provider, "it is away")
        return self._issuers[provider]


def _hash(verifier: str) -> str:
    return sha256(verifier.encode()).hexdigest()
