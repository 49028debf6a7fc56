"""The outbox in SQL: events in the transaction of their change, until a relay delivered them."""

from datetime import datetime
from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.events import event_of, event_parameters
from adapters.sql.statements import first_rows, statement
from domain.events import Event

_INSERT = statement("""
    INSERT INTO outbox
           (id, kind, subject, occurred_at, details, available_at, created_at, updated_at)
    VALUES (:id, :kind, :subject, :occurred_at, :details, :occurred_at, :occurred_at, :occurred_at)
""")

_CLAIM = statement(
    """
    UPDATE outbox
       SET claim = :claim,
           available_at = :until,
           attempts = attempts + 1,
           updated_at = :now
    {due}
    """,
    due=first_rows("outbox", where="available_at <= :now", order_by="available_at, id"),
)

_SELECT_CLAIMED = statement("""
    SELECT id, kind, subject, occurred_at, details
      FROM outbox
     WHERE claim = :claim
     ORDER BY id
""")

_POSTPONE = statement("""
    UPDATE outbox
       SET claim = NULL,
           available_at = :until
     WHERE claim = :claim
       AND id = :id
""")

_COMPLETE = statement("DELETE FROM outbox WHERE claim = :claim")

_RELEASE = statement("""
    UPDATE outbox
       SET claim = NULL,
           available_at = :now
     WHERE claim = :claim
""")


class SQLOutbox:
    """Both sides of the outbox: a feature adds events, a relay claims and drops them.

    `available_at` is when an event is due, or due again: at its claim it moves to the claim's
    end, so one index serves new events and those whose relay died alike.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.has_added = False

    async def add(self, *events: Event) -> None:
        """Insert the events' rows."""
        await self._connection.insert_later(_INSERT, [event_parameters(event) for event in events])
        self.has_added = True

    async def claim(self, claim: UUID, now: datetime, until: datetime, limit: int) -> list[Event]:
        """Put the claim on the rows that are due, and select them."""
        claimed = await self._connection.execute(
            _CLAIM, {"claim": claim, "now": now, "until": until, "limit": limit}
        )
        if not claimed:
            return []
        rows = await self._connection.fetch_all(_SELECT_CLAIMED, {"claim": claim})
        return [event_of(row) for row in rows]

    async def postpone(self, claim: UUID, event_id: UUID, until: datetime) -> None:
        """Take the claim off one row."""
        await self._connection.execute(_POSTPONE, {"claim": claim, "id": event_id, "until": until})

    async def complete(self, claim: UUID) -> None:
        """Delete the claimed rows."""
        await self._connection.execute(_COMPLETE, {"claim": claim})

    async def release(self, claim: UUID, now: datetime) -> None:
        """Take the claim off its rows."""
        await self._connection.execute(_RELEASE, {"claim": claim, "now": now})
