"""The delivery of events from the outbox to the activity log."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from domain.activity.ports import ActivityLog, RelayStores
from domain.errors import StoreUnavailable
from domain.events import Event
from domain.ports import Clock, Identifiers, UnitOfWork

logger = logging.getLogger(__name__)

BATCH_SIZE = 100
CLAIM_TIME = timedelta(seconds=30)
REFUSED_RETRY_TIME = timedelta(minutes=5)


class Relay:
    """Delivers events at least once; the log knows a repeated one, so exactly once in effect.

    A relay claims some events in one transaction, records them, and drops them in another. One
    that dies in between leaves a claim that runs out after CLAIM_TIME.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWork[RelayStores],
        log: ActivityLog,
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._log = log
        self._clock = clock
        self._identifiers = identifiers

    async def deliver_batch(self) -> int:
        """Deliver at most BATCH_SIZE events that are due; gives how many were claimed.

        Raises StoreUnavailable with all events kept, and due again at once where the outbox
        still answers.
        """
        claim, now = self._identifiers.new(), self._clock.now()
        events = await self._unit_of_work.run(
            lambda stores: stores.pending_events.claim(claim, now, now + CLAIM_TIME, BATCH_SIZE)
        )
        if events:
            await self._deliver(claim, events)
        return len(events)

    async def _deliver(self, claim: UUID, events: Sequence[Event]) -> None:
        try:
            held = await self._log.record(events)
        except BaseException:
            await self._release(claim, self._clock.now())
            raise
        refused = [event for event in events if event.id not in held]
        for event in refused:
            logger.error("The activity log refuses event %s (%s).", event.id, event.kind)
        await self._complete(claim, refused, self._clock.now() + REFUSED_RETRY_TIME)

    async def _release(self, claim: UUID, now: datetime) -> None:
        # Where the outbox is away too, the claim runs out; a cancellation must not be lost to that.
        with suppress(StoreUnavailable):
            await self._unit_of_work.run(lambda stores: stores.pending_events.release(claim, now))

    async def _complete(self, claim: UUID, refused: Sequence[Event], retry_at: datetime) -> None:
        async def complete(stores: RelayStores) -> None:
            for event in refused:
                await stores.pending_events.postpone(claim, event.id, retry_at)
            await stores.pending_events.complete(claim)

        await self._unit_of_work.run(complete)
