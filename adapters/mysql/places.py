"""The places of a pool, and who waits for one."""

import asyncio
from collections import deque
from typing import NamedTuple


class Turn(NamedTuple):
    """Somebody who waits for a place, until a time of the loop's clock."""

    place: "asyncio.Future[None]"
    due: float


class Places:
    """So many can be taken at once; who comes then waits, first come first served.

    All wait for at most `patience` seconds, so their times end in their order, and one timer, set
    for the first of them, serves them all. A semaphore in `asyncio.timeout` makes a timer for each.
    """

    def __init__(self, size: int, patience: float) -> None:
        self._free = size
        self._patience = patience
        self._waiting: deque[Turn] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def take(self) -> bool:
        """Take a place without waiting, if one is free; tell whether it was."""
        if not self._free:
            return False
        self._free -= 1
        return True

    async def wait(self) -> None:
        """Take a place once one is given back; raises TimeoutError after `patience` seconds."""
        loop = asyncio.get_running_loop()
        turn = Turn(loop.create_future(), loop.time() + self._patience)
        self._waiting.append(turn)
        if self._timer is None:
            self._timer = loop.call_at(turn.due, self._turn_away, loop)
        try:
            await turn.place
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not turn.place.cancelled() and turn.place.exception() is None:
                # It had been given the place in the same turn of the loop.
                self.give_back()
            raise

    def give_back(self) -> None:
        """Give a place to the first who waits, or free it."""
        while self._waiting:
            place = self._waiting.popleft().place
            if not place.done():
                place.set_result(None)
                return
        self._free += 1

    def _turn_away(self, loop: asyncio.AbstractEventLoop) -> None:
        """Turn those away whose time is over, and set the timer for the next."""
        self._timer = None
        while self._waiting and self._waiting[0].due <= loop.time():
            place = self._waiting.popleft().place
            if not place.done():
                place.set_exception(TimeoutError())
        if self._waiting:
            self._timer = loop.call_at(self._waiting[0].due, self._turn_away, loop)
