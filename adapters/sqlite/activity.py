"""The embedded activity log."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from adapters.sql.connection import Database
from adapters.sql.events import event_of, event_parameters
from adapters.sql.statements import Statement, first_rows, statement
from adapters.sql.transactions import repeated, transaction
from domain.events import Event
from domain.ports import Clock

_LAST = UUID(int=2**128 - 1)

_INSERT = statement("""
    INSERT INTO activity
           (id, kind, subject, occurred_at, details, created_at, updated_at)
    VALUES (:id, :kind, :subject, :occurred_at, :details, :now, :now)
        ON CONFLICT (id) DO NOTHING
""")


def _select(condition: str) -> Statement:
    return statement(f"""
        SELECT id, kind, subject, occurred_at, details
          FROM activity
         WHERE id < :before{condition}
         ORDER BY id DESC
         LIMIT :limit
    """)  # noqa: S608 - the conditions are the literals below.


_SELECT_ALL = _select("")
_SELECT_KIND = _select(" AND kind = :kind")
_SELECT_SUBJECT = _select(" AND subject = :subject")
_SELECT_KIND_SUBJECT = _select(" AND kind = :kind AND subject = :subject")

_PURGE = statement(
    "DELETE FROM activity {oldest}",
    oldest=first_rows("activity", where="occurred_at < :occurred_before", order_by="occurred_at"),
)


class SQLiteActivityLog:
    """The activity log in the embedded database; it refuses no event."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def record(self, events: Sequence[Event]) -> frozenset[UUID]:
        """Insert the events that are not there yet, in one transaction."""
        await repeated(lambda: self._insert(events))
        return frozenset(event.id for event in events)

    async def _insert(self, events: Sequence[Event]) -> None:
        now = self._clock.now()
        rows = [{**event_parameters(event), "now": now} for event in events]
        async with transaction(self._database) as connection:
            await connection.insert(_INSERT, rows)

    async def list(
        self, *, kind: str | None, subject: str | None, before: UUID | None, limit: int
    ) -> list[Event]:
        """Select the rows before a key."""
        async with self._database.reading() as connection:
            rows = await connection.fetch_all(
                _choose(kind, subject),
                {"before": before or _LAST, "limit": limit, "kind": kind, "subject": subject},
            )
        return [event_of(row) for row in rows]

    async def purge(self, occurred_before: datetime, limit: int) -> int:
        """Delete the oldest rows."""
        async with transaction(self._database) as connection:
            return await connection.execute(
                _PURGE, {"occurred_before": occurred_before, "limit": limit}
            )


def _choose(kind: str | None, subject: str | None) -> Statement:
    if kind is None:
        return _SELECT_ALL if subject is None else _SELECT_SUBJECT
    return _SELECT_KIND if subject is None else _SELECT_KIND_SUBJECT
