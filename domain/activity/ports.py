"""What the activity log's use-cases ask of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.events import Event


class ActivityLog(Protocol):
    """The log of what happened, kept for a set time."""

    async def record(self, events: Sequence[Event]) -> frozenset[UUID]:
        """Keep the events and give the ids of those that the log holds now.

        An event that is there already stays as it is and counts as held, so a delivery may be
        repeated. One that the log refuses is left out and does not stop the others. Raises
        StoreUnavailable when it isn't known what the log holds.
        """
        ...

    async def list(
        self, *, kind: str | None, subject: str | None, before: UUID | None, limit: int
    ) -> list[Event]:
        """Give at most `limit` events with ids less than `before`, in falling order of ids."""
        ...

    async def purge(self, occurred_before: datetime, limit: int) -> int:
        """Remove at most `limit` events that occurred before then; gives how many."""
        ...


class PendingEvents(Protocol):
    """The outbox as a relay sees it."""

    async def claim(self, claim: UUID, now: datetime, until: datetime, limit: int) -> list[Event]:
        """Give at most `limit` events, the oldest first, that nobody else gets before `until`.

        Only events that are due (`now`) and free are given; those whose claim has run out are
        free again, so a relay that dies strands none.
        """
        ...

    async def postpone(self, claim: UUID, event_id: UUID, until: datetime) -> None:
        """End the claim on one event, which is due again at `until`."""
        ...

    async def complete(self, claim: UUID) -> None:
        """Drop all events that are still under this claim."""
        ...

    async def release(self, claim: UUID, now: datetime) -> None:
        """End the claim; its events are due again at once."""
        ...


class RelayStores(Protocol):
    """The stores of the relay that share a unit of work."""

    @property
    def pending_events(self) -> PendingEvents:
        """The events that wait for their delivery."""
        ...
