"""What can be wrong with a request that bears a key, and what ends one that was answered."""

from domain.errors import DomainError
from domain.idempotency.entities import KeptAnswer


class KeyReused(DomainError):
    """The caller used this key before, for another request."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The key {key} was used for another request.")
        self.key = key


class RequestInProgress(DomainError):
    """The same caller's request under this key is at work, and there was no waiting for its end.

    `retry_after` is the number of seconds after which its answer may be there.
    """

    def __init__(self, key: str, *, retry_after: int = 1) -> None:
        super().__init__(f"A request under the key {key} is still at work.")
        self.key = key
        self.retry_after = retry_after


class Replayed(Exception):
    """The request was answered before: no error, but what undoes its unit of work.

    It is no DomainError, so what a use-case catches of these leaves it alone.
    """

    def __init__(self, answer: KeptAnswer) -> None:
        super().__init__("This request was answered before.")
        self.answer = answer
