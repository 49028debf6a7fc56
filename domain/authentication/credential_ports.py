"""What the use-cases of passwords and addresses ask of the outside."""

from typing import Protocol

from domain.authentication.one_time_tokens import OneTimeTokens
from domain.authentication.ports import AuthenticationStores


class CredentialStores(AuthenticationStores, Protocol):
    """The stores of authentication, and that of the tokens that mails bring."""

    @property
    def one_time_tokens(self) -> OneTimeTokens:
        """The tokens that may still come back."""
        ...
