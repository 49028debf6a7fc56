"""What the use-cases ask of OpenID Connect providers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.authentication.identities import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """The secrets that tie what a provider answers to the one who asked; each of 256 bits or more.

    `state` comes back beside the answer, `nonce` stands in what the provider signs, and `verifier`
    is shown to it with the code; before, it gets a hash of that alone (RFC 7636).
    """

    state: str
    nonce: str
    verifier: str


class IdentityProviders(Protocol):
    """The providers that the operators trust to say who somebody is."""

    @property
    def names(self) -> Sequence[str]:
        """The names of the providers, as the operators put them in order."""
        ...

    def named(self, issuer: str) -> str | None:
        """Give the name of the provider with this issuer; None for one that is trusted no more."""
        ...

    async def begin(self, provider: str, proofs: Proofs) -> str:
        """Give the address at the provider where somebody signs in.

        Raises UnknownProvider and ProviderUnavailable.
        """
        ...

    async def finish(
        self, provider: str, code: str, issuer: str | None, proofs: Proofs
    ) -> Identity:
        """Give who it was that got `code` there; `issuer` is who says so beside it (RFC 9207).

        Raises UnknownProvider, ProviderUnavailable, and ProviderSignInRefused for whatever this
        provider has not just said in answer to these proofs.
        """
        ...
