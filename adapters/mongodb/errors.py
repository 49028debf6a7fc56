"""MongoDB's errors in the words of the domain.

Codes: https://www.mongodb.com/docs/manual/reference/error-codes/
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import ConfigurationError, OperationFailure, PyMongoError

from domain.errors import StoreNotReady, StoreUnavailable

UNAUTHORIZED = 13
AUTHENTICATION_FAILED = 18
DUPLICATE_KEY = 11000

_REFUSED = {
    UNAUTHORIZED: "Grant the user of FLASK_MONGO_URI the role `readWrite` on the database.",
    AUTHENTICATION_FAILED: "Check the user and the password in FLASK_MONGO_URI.",
}


@contextmanager
def translated_errors() -> Iterator[None]:
    """Translate what an operation raises."""
    try:
        yield
    except PyMongoError as error:
        raise StoreUnavailable("MongoDB", _reason(error)) from error
    except TimeoutError as error:
        raise StoreUnavailable("MongoDB", "the driver gave no answer in time") from error


@contextmanager
def translated_connect_errors() -> Iterator[None]:
    """Translate what the first operation of a client raises."""
    try:
        with translated_errors():
            yield
    except StoreUnavailable as error:
        remedy = _REFUSED.get(code_of(error.__cause__))
        if remedy is None:
            raise
        raise StoreNotReady("MongoDB", error.reason, remedy) from error


@contextmanager
def translated_uri_errors() -> Iterator[None]:
    """Translate what a URI raises; the driver's message is left out, for it may show a password."""
    try:
        yield
    except (ConfigurationError, ValueError):
        reason = "the driver can't read its URI"
        raise StoreNotReady("MongoDB", reason, "Correct FLASK_MONGO_URI.") from None


def code_of(error: BaseException | None) -> int:
    """Give the server's number of an error, 0 for none."""
    return (error.code or 0) if isinstance(error, OperationFailure) else 0


def _reason(error: PyMongoError) -> str:
    if code_of(error) == AUTHENTICATION_FAILED:
        return "authentication failed"
    # Behind these words, the driver lists its own timeouts and all that it knows of each server.
    return str(error).split(" (configured timeouts:")[0].split(", full error:")[0]
