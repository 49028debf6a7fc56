"""The background work of a server process: the end of what is kept for hours only."""

import asyncio
import logging
import random

from domain.errors import DomainError
from domain.idempotency.use_cases import Idempotency

logger = logging.getLogger(__name__)

# Seconds from one purge to the next; each pause is random, half of it at least, so that processes
# which start together do not purge together, though that would only cost time.
INTERVAL = 3600.0


async def purge_answers(idempotency: Idempotency) -> None:
    """Forget answers that were kept for their time, until cancelled. No failure ends it."""
    while True:
        await asyncio.sleep(random.uniform(INTERVAL / 2, INTERVAL))  # noqa: S311 - it spreads load.
        try:
            await idempotency.purge_answers()
        except DomainError as error:
            logger.warning("Old idempotency keys stay for now: %s", error)
        except Exception:
            logger.exception("Old idempotency keys stay because of a bug.")
