"""Time that stands still until it is told to move."""

from datetime import UTC, datetime, timedelta


class FixedClock:
    """The fake of Clock."""

    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        """Give the time that was set."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the time."""
        self._now += by
