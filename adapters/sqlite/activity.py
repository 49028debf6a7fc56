"""The embedded activity log."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from adapters.sql.connection import Database
from adapters.sql.statements import Statement, first_rows, statement
from adapters.sql.transactions import repeated, transaction
from adapters.sql.values import Row, decode_details, decode_id, decode_time, encode_details
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
        async with transaction(self._database) as connection:
            for event in events:
                await connection.execute(
                    _INSERT,
                    {
                        "id": event.id,
                        "kind": event.kind,
                        "subject": event.subject,
                        "occurred_at": event.occurred_at,
                        "details": encode_details(event.details),
                        "now": now,
                    },
                )

    async def list(
        self, *, kind: str | None, subject: str | None, before: UUID | None, limit: int
    ) -> list[Event]:
        """Select the rows before a key."""
        async with self._database.reading() as connection:
            rows = await connection.fetch_all(
                _choose(kind, subject),
                {"before": before or _LAST, "limit": limit, "kind": kind, "subject": subject},
            )
        return [_event(row) for row in rows]

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


def _event(row: Row) -> Event:
    return Event(
        id=decode_id(row["id"]),
        kind=row["kind"],
        subject=row["subject"],
        occurred_at=decode_time(row["occurred_at"]),
        details=decode_details(row["details"]),
    )
