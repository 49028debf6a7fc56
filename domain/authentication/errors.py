"""What authentication refuses. None of these tells whether an account exists."""

from uuid import UUID

from domain.errors import Conflict, DomainError, NotAuthenticated, StoreUnavailable


class InvalidCredentials(NotAuthenticated):
    """The address and the password do not belong together, or the account can't sign in."""

    def __init__(self) -> None:
        super().__init__("The address or the password is wrong, or the account can't sign in.")


class SecondFactorRequired(NotAuthenticated):
    """The password is right, and the account wants a second factor too.

    `methods` are the names of those that it has.
    """

    def __init__(self, methods: tuple[str, ...]) -> None:
        super().__init__("This account asks for a second factor.")
        self.methods = methods


class InvalidSecondFactor(NotAuthenticated):
    """The second factor is wrong, or was used before."""

    def __init__(self) -> None:
        super().__init__("The second factor is wrong, or was used before.")


class InvalidPasskey(NotAuthenticated):
    """What a passkey answered does not hold; `reason` is for the log, not for a client.

    `account_id` is that of the account which has the passkey, if one is known to have it.
    """

    def __init__(self, reason: str, account_id: UUID | None = None) -> None:
        super().__init__("The passkey is unknown here, or what it answered does not hold.")
        self.reason = reason
        self.account_id = account_id


class InvalidChallenge(DomainError):
    """A challenge is unknown, was answered before, has expired, or was put to somebody else."""

    def __init__(self) -> None:
        super().__init__("The challenge is unknown, was answered before, or has expired.")


class InvalidToken(NotAuthenticated):
    """An access token, refresh token or API key that does not hold: forged, expired or ended."""

    def __init__(self, reason: str = "The token is not valid, has expired or was revoked.") -> None:
        super().__init__(reason)


class ConfirmationRequired(DomainError):
    """Who wants to change a credential has to prove anew who they are."""

    def __init__(self) -> None:
        super().__init__("Prove anew who you are: by the password, and the second factor if any.")


class InvalidOneTimeToken(DomainError):
    """A token from a mail is unknown, was used, or has expired."""

    def __init__(self) -> None:
        super().__init__("The token is unknown, was used before, or has expired. Ask for another.")


class TooManyAttempts(DomainError):
    """Too many tries at a secret; in `retry_after` seconds the next one is heard."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many attempts. Try again in {retry_after} s.")
        self.retry_after = retry_after


class HashingOverloaded(StoreUnavailable):
    """Too many passwords wait to be hashed; none was compared, and nothing was changed."""

    def __init__(self) -> None:
        super().__init__("argon2", "too many passwords wait to be hashed")


class SignUpsClosed(Conflict):
    """The operators take no new accounts at present."""

    def __init__(self) -> None:
        super().__init__("Sign-ups are closed at present.")


class CodesEnabled(Conflict):
    """Codes are enabled for the account already."""

    def __init__(self) -> None:
        super().__init__("Codes are enabled already. Remove them before you enable others.")


class CodesUnusable(Conflict):
    """Codes are enabled for the account, and what they are checked by can't be read any more.

    They are asked for as before: else a password alone would do.
    """

    def __init__(self) -> None:
        super().__init__(
            "The codes of this account's app can't be checked any more. Use a recovery code or a "
            "passkey, or ask the operators to remove the second factors."
        )


class NoSecondFactor(Conflict):
    """The account has no second factor for which this could be."""

    def __init__(self) -> None:
        super().__init__("The account has no second factor. Enable codes or add a passkey first.")


class PasskeyKnown(Conflict):
    """The passkey was added before."""

    def __init__(self) -> None:
        super().__init__("This passkey was added before.")


class TooManyPasskeys(Conflict):
    """The account has as many passkeys as it may have: `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(f"An account has at most {most} passkeys. Remove one first.")
        self.most = most


class TooManyKeys(Conflict):
    """The account has as many API keys as it may have: `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(f"An account has at most {most} API keys. Revoke one first.")
        self.most = most
