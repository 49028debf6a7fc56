"""The background work of a server process: the delivery of what waits in an outbox."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from domain.errors import DomainError

logger = logging.getLogger(__name__)

# Delivers a batch of what waits, and gives how much of it there was.
DeliverBatch = Callable[[], Awaitable[int]]

# Seconds between two looks for what another process left or postponed.
IDLE_TIME = 1.0
# Seconds for which the first waits for others: many cost little more than one.
GATHER_TIME = 0.05
# Seconds until the next try while a store is away; doubled from the first up to the last.
FIRST_RETRY_TIME = 0.5
LAST_RETRY_TIME = 5.0


class Signal:
    """Sets an event that can be renewed: once it was waited for, an event belongs to its loop."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def set(self) -> None:
        """Set the event, on the loop of who waits for it."""
        self.event.set()

    def renewed(self) -> asyncio.Event:
        """Return the event that is set from now on."""
        self.event = asyncio.Event()
        return self.event


async def relay(
    deliver_batch: DeliverBatch, batch_size: int, waiting: asyncio.Event, what: str
) -> None:
    """Deliver `what` (events, mails) as they come, until cancelled. No failure ends it."""
    retry_time = FIRST_RETRY_TIME
    while True:
        waiting.clear()
        if await _deliver_all(deliver_batch, batch_size, what):
            retry_time = FIRST_RETRY_TIME
            await _wait(waiting, IDLE_TIME)
            await asyncio.sleep(GATHER_TIME)
        else:
            await asyncio.sleep(retry_time)
            retry_time = min(2 * retry_time, LAST_RETRY_TIME)


async def _deliver_all(deliver_batch: DeliverBatch, batch_size: int, what: str) -> bool:
    try:
        # Fewer than a batch are all that there were.
        while await deliver_batch() == batch_size:
            pass
    except DomainError as error:
        logger.warning("%s wait in the outbox: %s", what.capitalize(), error)
        return False
    except Exception:
        logger.exception("%s wait in the outbox because of a bug.", what.capitalize())
        return False
    return True


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
