"""What happens to a mail that does not leave."""

from domain.errors import DomainError, StoreUnavailable


class MailRefused(DomainError):
    """The mail will never be taken, however often it is sent; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The mail is refused: {reason}.")
        self.reason = reason


class MailDeferred(StoreUnavailable):
    """This mail is not taken at present; others may be."""
