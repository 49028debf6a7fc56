"""What the use-cases of sign-in with a provider ask of the outside, and of one another."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from domain.authentication.entities import Client, Method, SignedIn
from domain.authentication.factor_ports import FactorStores
from domain.authentication.identities import Identities


class ProviderStores(FactorStores, Protocol):
    """The stores of all ways into an account, which share a unit of work."""

    @property
    def identities(self) -> Identities:
        """Who the accounts are at providers."""
        ...


class SessionStarts(Protocol):
    """Starts sessions for those who have proved who they are."""

    async def start(
        self,
        account_id: UUID,
        methods: Sequence[Method],
        client: Client,
        *,
        device_token: str | None = None,
    ) -> SignedIn:
        """Start one, on a device that is known by its token, if any.

        Raises InvalidCredentials for an account that can't sign in by now.
        """
        ...


class SignUps(Protocol):
    """Whether there may be new accounts."""

    async def are_open(self) -> bool:
        """Tell whether the operators take new accounts at present."""
        ...
