"""What sign-in with an OpenID Connect provider refuses."""

from uuid import UUID

from domain.errors import Conflict, DomainError, StoreUnavailable


class UnknownProvider(DomainError):
    """The operators know no provider of that name."""

    def __init__(self) -> None:
        super().__init__("There is no provider of this name.")


class ProviderUnavailable(StoreUnavailable):
    """A provider gives no answer that can be used; what was under way there has to begin anew.

    `store` is the provider's name, `reason` is for the operator's log.
    """

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(provider, reason, retry_after=5)


class ProviderSignInRefused(DomainError):
    """What came back from a provider proves nothing, or the account can't sign in.

    It has one text for all of that: `reason` is for the operator's log, and `account_id` for that
    of the account, if it is known.
    """

    def __init__(self, reason: str, account_id: UUID | None = None) -> None:
        super().__init__("The sign-in with the provider does not hold. Begin anew.")
        self.reason = reason
        self.account_id = account_id


class ProviderEmailNotVerified(Conflict):
    """Nobody's account here, and the provider does not say that an address is theirs."""

    def __init__(self) -> None:
        super().__init__("The provider names no address that it has verified.")


class IdentityNotLinked(Conflict):
    """An account has the address, and has not said that the provider may speak for it.

    Only who the provider says has the address is told so. `account_id` is for the account's log.
    """

    def __init__(self, account_id: UUID) -> None:
        super().__init__("An account has this address, and is not linked with the provider.")
        self.account_id = account_id


class IdentityTaken(Conflict):
    """Another account is linked with the identity."""

    def __init__(self) -> None:
        super().__init__("Another account is linked with this identity.")


class TooManyIdentities(Conflict):
    """The account has as many identities as it may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"An account can be linked with {limit} identities at most.")


class LastWayIn(Conflict):
    """Without this, nobody could get into the account any more."""

    def __init__(self) -> None:
        super().__init__("This is the last way into the account. Set a password first.")
