"""The activity log in memory."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.events import Event


class MemoryActivityLog:
    """The fake of ActivityLog; it refuses no event."""

    def __init__(self) -> None:
        self._events: dict[UUID, Event] = {}

    async def record(self, events: Sequence[Event]) -> frozenset[UUID]:
        """Keep the events that are not there yet."""
        for event in events:
            self._events.setdefault(event.id, _copy(event))
        return frozenset(event.id for event in events)

    async def list(
        self, *, kind: str | None, subject: str | None, before: UUID | None, limit: int
    ) -> list[Event]:
        """Give the events before an id."""
        found = [
            _copy(event)
            for key, event in sorted(self._events.items(), reverse=True)
            if (before is None or key < before)
            and kind in {None, event.kind}
            and subject in {None, event.subject}
        ]
        return found[:limit]

    async def purge(self, occurred_before: datetime, limit: int) -> int:
        """Forget the oldest events."""
        oldest = sorted(self._events.values(), key=lambda event: event.occurred_at)
        purged = [event.id for event in oldest if event.occurred_at < occurred_before][:limit]
        for key in purged:
            del self._events[key]
        return len(purged)


def _copy(event: Event) -> Event:
    """Give the event as a store does that keeps its details as JSON: they share no object."""
    return replace(event, details=json.loads(json.dumps(event.details)))
