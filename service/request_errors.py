"""What can be wrong with a request before a use-case sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.limits.entities import Limit


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (a JSON pointer or a parameter's name) and what."""

    where: str
    what: str


class RequestError(Exception):
    """Root of the family; its text is for the client."""


class MalformedBody(RequestError):
    """The body is not JSON; the text says at which line and column."""


class UnsupportedBody(RequestError):
    """The body comes in a form that is not taken; `taken` is the header that names what is."""

    def __init__(self, detail: str, taken: Mapping[str, str]) -> None:
        super().__init__(detail)
        self.taken = taken


class NotAcceptableAnswer(RequestError):
    """The client takes none of the media types that there are."""

    def __init__(self) -> None:
        super().__init__("The answer is application/json, which the Accept header excludes.")


class PreconditionRequired(RequestError):
    """A change came without an If-Match (RFC 6585, 3)."""

    def __init__(self) -> None:
        super().__init__(
            "If-Match must name the ETag of the version that is changed, or * for whichever."
        )


class OtherVersion(RequestError):
    """What was to be read is at none of the versions that If-Match names (RFC 9110, 13.1.1)."""

    def __init__(self) -> None:
        super().__init__("This is at none of the versions that If-Match names.")


class InvalidKey(RequestError):
    """The Idempotency-Key is not a string as it has to be, or must not be there."""


class CrossSiteRequest(RequestError):
    """A page of another site sent the request, which a browser's cookie would prove."""

    def __init__(self) -> None:
        super().__init__("Only pages of this origin, or of one that is let in, may send this.")


class InvalidBody(RequestError):
    """The body is JSON that does not fit the route's schema."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("The body does not fit.")
        self.faults = faults


class InvalidQuery(RequestError):
    """A parameter of the query is unknown, repeated or does not fit."""

    def __init__(self, faults: Sequence[Fault], known: Sequence[str]) -> None:
        told = f"its parameters are {', '.join(known)}" if known else "this takes no parameters"
        super().__init__(f"The query does not fit; {told}.")
        self.faults = faults


class RateLimited(RequestError):
    """The caller has spent a limit; in `retry_after` seconds the request would pass it."""

    def __init__(self, limit: Limit, retry_after: int) -> None:
        super().__init__(
            f"You may send {limit.quota} requests of the class {limit.name} in {limit.window} s. "
            f"Try again in {retry_after} s."
        )
        self.retry_after = retry_after
