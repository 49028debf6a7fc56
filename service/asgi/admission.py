"""How many requests are served at once, how many wait for their turn, and who is turned away."""

import asyncio
from collections import deque

from werkzeug.exceptions import ServiceUnavailable

RETRY_AFTER = 1
"""Seconds after which a client that was turned away may come again."""


class Admission:
    """Lets at most `limit` requests in; at most `queue` more wait, first come, first served."""

    def __init__(self, limit: int, queue: int) -> None:
        self._limit = limit
        self._queue = queue
        self._inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def is_free(self) -> bool:
        """Enter without waiting, if there is room; tell whether there was."""
        if self._inside >= self._limit:
            return False
        self._inside += 1
        return True

    async def wait(self) -> None:
        """Enter once there is room. Raises ``ServiceUnavailable`` where too many wait already."""
        if len(self._waiting) >= self._queue:
            raise ServiceUnavailable(retry_after=RETRY_AFTER)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            self._leave_queue(turn)
            raise

    def _leave_queue(self, turn: "asyncio.Future[None]") -> None:
        if not turn.cancelled():
            # It had been given a place in the same turn of the loop.
            self.leave()
        elif turn in self._waiting:
            self._waiting.remove(turn)

    def leave(self) -> None:
        """Give the place to the first who waits, or free it."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._inside -= 1
