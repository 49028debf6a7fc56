"""The background work of a server process: the end of what is kept for hours only."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from domain.errors import DomainError

logger = logging.getLogger(__name__)

# Seconds from one purge to the next; each pause is random, half of it at least, so that processes
# which start together do not purge together, though that would only cost time.
INTERVAL = 3600.0


async def purge_regularly(purge: Callable[[], Awaitable[object]], what: str) -> None:
    """Remove `what` was kept for its time, again and again until cancelled. No failure ends it."""
    while True:
        await asyncio.sleep(random.uniform(INTERVAL / 2, INTERVAL))  # noqa: S311 - it spreads load.
        try:
            await purge()
        except DomainError as error:
            logger.warning("Old %s stay for now: %s", what, error)
        except Exception:
            logger.exception("Old %s stay because of a bug.", what)
