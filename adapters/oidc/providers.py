"""The OpenID Connect providers that the operators trust."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import TypeVar

from adapters.oidc.client import TIMEOUT, ExchangeFailed, ProviderClient
from adapters.oidc.provider import NoProof, OIDCProvider, Registration
from domain.authentication.identities import Identity
from domain.authentication.provider_errors import (
    ProviderSignInRefused,
    ProviderUnavailable,
    UnknownProvider,
)
from domain.authentication.providers import Proofs

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class OIDCProviders:
    """The adapter of IdentityProviders; opened and closed with the server.

    `loopback` lets a provider be on this machine, without TLS; `tls` is whom TLS trusts.
    """

    def __init__(
        self,
        registrations: Sequence[Registration],
        *,
        loopback: bool,
        timeout: float = TIMEOUT,
        tls: SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = ProviderClient(loopback=loopback, timeout=timeout, tls=tls)
        self._providers = {
            registration.name: OIDCProvider(
                registration, self._client, loopback=loopback, monotonic=monotonic
            )
            for registration in registrations
        }

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Make the pool of connections; no provider is asked before somebody wants to sign in."""
        async with self._client.opened():
            yield

    @property
    def names(self) -> Sequence[str]:
        """The names, as they were given."""
        return tuple(self._providers)

    def named(self, issuer: str) -> str | None:
        """Look for the issuer."""
        found = (it.registration for it in self._providers.values())
        return next((it.name for it in found if it.issuer == issuer), None)

    async def begin(self, provider: str, proofs: Proofs) -> str:
        """Put the address together."""
        found = self._provider(provider)
        return await self._asked(found, found.address(proofs))

    async def finish(
        self, provider: str, code: str, issuer: str | None, proofs: Proofs
    ) -> Identity:
        """Exchange the code, and verify what comes back."""
        found = self._provider(provider)
        return await self._asked(found, found.identity(code, issuer, proofs))

    def _provider(self, name: str) -> OIDCProvider:
        found = self._providers.get(name)
        if found is None:
            raise UnknownProvider
        return found

    async def _asked(self, provider: OIDCProvider, result: Awaitable[Result]) -> Result:
        """Take the time, which counts like that of a store, and translate what is raised."""
        name = provider.registration.name
        try:
            with provider.time:
                return await result
        except ExchangeFailed as error:
            raise ProviderUnavailable(name, str(error)) from error
        except NoProof as error:
            # The client is told no more than that it does not hold.
            logger.warning("A sign-in with %s is refused: %s", name, error)
            raise ProviderSignInRefused(str(error)) from None
