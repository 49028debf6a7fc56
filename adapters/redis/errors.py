"""Redis's errors in the words of the domain."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from domain.errors import StoreNotReady, StoreUnavailable


@contextmanager
def translated_errors() -> Iterator[None]:
    """Translate what a command raises."""
    try:
        yield
    except AuthenticationError as error:
        raise StoreUnavailable("Redis", f"authentication failed: {error}".rstrip(".")) from error
    except (RedisError, OSError) as error:
        # A deadline of asyncio raises an OSError without a word.
        reason = str(error).rstrip(".") or "no answer in time"
        raise StoreUnavailable("Redis", reason) from error


@contextmanager
def translated_connect_errors() -> Iterator[None]:
    """Translate what the first command of a client raises."""
    try:
        with translated_errors():
            yield
    except StoreUnavailable as error:
        if not isinstance(error.__cause__, AuthenticationError | NoPermissionError):
            raise
        remedy = "Check the user and the password in FLASK_REDIS_URI."
        raise StoreNotReady("Redis", error.reason, remedy) from error


@contextmanager
def translated_uri_errors() -> Iterator[None]:
    """Translate what a URI raises; the driver's message is left out, for it may show a password."""
    try:
        yield
    except ValueError:
        reason = "the driver can't read its URI"
        raise StoreNotReady("Redis", reason, "Correct FLASK_REDIS_URI.") from None
