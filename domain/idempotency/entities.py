"""Requests that may be repeated under a key, and what is kept of their answers."""

from dataclasses import dataclass
from datetime import timedelta

CALLER_MAX_LENGTH = 64
KEY_MAX_LENGTH = 255
FINGERPRINT_SIZE = 32
ANSWER_MAX_SIZE = 1_048_576

# How long a client can rely on its key, at least.
KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a request says that bears a key: whose key it is, and of what request.

    `fingerprint` is a SHA-256 of all that makes two requests the same. Raises ValueError for what
    no store could keep: whoever makes a claim has judged the client's words before.
    """

    caller: str
    key: str
    fingerprint: bytes

    def __post_init__(self) -> None:
        if not 1 <= len(self.caller) <= CALLER_MAX_LENGTH:
            raise ValueError(f"A caller's name has 1 to {CALLER_MAX_LENGTH} characters.")
        if not 1 <= len(self.key) <= KEY_MAX_LENGTH:
            raise ValueError(f"A key has 1 to {KEY_MAX_LENGTH} characters.")
        if len(self.fingerprint) != FINGERPRINT_SIZE:
            raise ValueError(f"A fingerprint has {FINGERPRINT_SIZE} bytes.")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it is given again: `headers` in their order, a name perhaps several times.

    Raises ValueError for a body of more than ANSWER_MAX_SIZE bytes.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __post_init__(self) -> None:
        if len(self.body) > ANSWER_MAX_SIZE:
            raise ValueError(f"An answer that is kept has at most {ANSWER_MAX_SIZE} bytes.")


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request that was answered, by its fingerprint, and its answer."""

    fingerprint: bytes
    answer: KeptAnswer
