"""What spares callers the wait for a server that is known to be away."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from domain.errors import StoreUnavailable

logger = logging.getLogger(__name__)


class Breaker:
    """Lets all calls through until one fails, then one in `rest` seconds until that succeeds.

    It logs when the server goes away and when it is back, not each call between.
    """

    def __init__(self, rest: float, monotonic: Callable[[], float]) -> None:
        self._rest = rest
        self._monotonic = monotonic
        self._retry_at: float | None = None

    @contextmanager
    def call(self) -> Iterator[None]:
        """Guard a call, which fails by StoreUnavailable; raises it itself while it rests."""
        # A call that began before the failure says nothing of the server after it.
        retries = self._retry_at is not None
        self._take_turn()
        try:
            yield
        except StoreUnavailable as error:
            self._open(error.reason)
            raise
        if retries:
            self._close()

    def _take_turn(self) -> None:
        now = self._monotonic()
        if self._retry_at is None:
            return
        if now < self._retry_at:
            raise StoreUnavailable("Redis", "it gave no answer a moment ago")
        self._retry_at = now + self._rest

    def _open(self, reason: str) -> None:
        if self._retry_at is None:
            logger.warning("Redis is away, and bypassed where it can be: %s", reason)
        self._retry_at = self._monotonic() + self._rest

    def _close(self) -> None:
        if self._retry_at is not None:
            logger.info("Redis is back.")
        self._retry_at = None
