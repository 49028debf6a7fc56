"""What the use-cases of sign-in with a provider ask of the stores."""

from typing import Protocol

from domain.authentication.factor_ports import FactorStores
from domain.authentication.identities import Identities


class ProviderStores(FactorStores, Protocol):
    """The stores of all ways into an account, which share a unit of work."""

    @property
    def identities(self) -> Identities:
        """Who the accounts are at providers."""
        ...
