"""The outbox in memory."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.events import Event


@dataclass(frozen=True, slots=True)
class _Pending:
    event: Event
    available_at: datetime
    claim: UUID | None = None


class MemoryOutbox:
    """The fake of Outbox and PendingEvents; a copy of it is the state of a transaction."""

    def __init__(self, pending: dict[UUID, _Pending] | None = None) -> None:
        self._pending = pending or {}
        self.has_added = False

    def copy(self) -> "MemoryOutbox":
        """Give an independent copy."""
        return MemoryOutbox(dict(self._pending))

    async def add(self, *events: Event) -> None:
        """Keep the events."""
        for event in events:
            self._pending[event.id] = _Pending(event, event.occurred_at)
        self.has_added = True

    async def claim(self, claim: UUID, now: datetime, until: datetime, limit: int) -> list[Event]:
        """Put the claim on the events that are due."""
        due = [pending for pending in self._pending.values() if pending.available_at <= now]
        due.sort(key=lambda pending: (pending.available_at, pending.event.id))
        claimed = sorted(pending.event.id for pending in due[:limit])
        for event_id in claimed:
            self._put(event_id, claim, until)
        return [self._pending[event_id].event for event_id in claimed]

    async def postpone(self, claim: UUID, event_id: UUID, until: datetime) -> None:
        """Take the claim off one event."""
        if event_id in self._under(claim):
            self._put(event_id, None, until)

    async def complete(self, claim: UUID) -> None:
        """Forget the claimed events."""
        for event_id in self._under(claim):
            del self._pending[event_id]

    async def release(self, claim: UUID, now: datetime) -> None:
        """Take the claim off its events."""
        for event_id in self._under(claim):
            self._put(event_id, None, now)

    def _put(self, event_id: UUID, claim: UUID | None, available_at: datetime) -> None:
        self._pending[event_id] = replace(
            self._pending[event_id], claim=claim, available_at=available_at
        )

    def _under(self, claim: UUID) -> list[UUID]:
        return [key for key, pending in self._pending.items() if pending.claim == claim]
