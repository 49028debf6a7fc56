"""Events as rows."""

from adapters.sql.values import (
    Parameter,
    Row,
    decode_details,
    decode_id,
    decode_time,
    encode_details,
)
from domain.events import Event


def event_parameters(event: Event) -> dict[str, Parameter]:
    """Give an event's columns."""
    return {
        "id": event.id,
        "kind": event.kind,
        "subject": event.subject,
        "occurred_at": event.occurred_at,
        "details": encode_details(event.details),
    }


def event_of(row: Row) -> Event:
    """Give the event that a row holds."""
    return Event(
        id=decode_id(row["id"]),
        kind=row["kind"],
        subject=row["subject"],
        occurred_at=decode_time(row["occurred_at"]),
        details=decode_details(row["details"]),
    )
