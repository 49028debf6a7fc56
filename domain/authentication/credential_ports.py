"""What the use-cases of passwords and addresses ask of the outside."""

from typing import Protocol

from domain.authentication.one_time_tokens import OneTimeTokens
from domain.authentication.ports import AuthenticationStores
from domain.mail.ports import Mails


class CredentialStores(AuthenticationStores, Protocol):
    """The stores of authentication, and those of mails and of the tokens that they bring."""

    @property
    def mails(self) -> Mails:
        """Where a change leaves its mails."""
        ...

    @property
    def one_time_tokens(self) -> OneTimeTokens:
        """The tokens that may still come back."""
        ...
