"""What changes of accounts tell the activity log. No event has a secret."""

from datetime import datetime
from uuid import UUID

from domain.callers import NOBODY, current_caller
from domain.events import Details, Event

ACCOUNT_CHANGED = "account.changed"
ACCOUNT_ROLE_CHANGED = "account.role-changed"
ACCOUNT_DISABLED = "account.disabled"
ACCOUNT_ENABLED = "account.enabled"
ACCOUNT_DELETED = "account.deleted"


def account_event(
    event_id: UUID, kind: str, account_id: UUID, occurred_at: datetime, **details: object
) -> Event:
    """Tell of something that happened to an account, which is the event's subject.

    Where somebody else did it, the detail `by` has their name; `address` is where from.
    """
    told: Details = {name: _told(value) for name, value in details.items()}
    return Event(
        id=event_id,
        kind=kind,
        subject=str(account_id),
        occurred_at=occurred_at,
        details={**_caller(account_id), **told},
    )


def _caller(account_id: UUID) -> Details:
    caller = current_caller()
    if caller is NOBODY:
        return {}
    by = {} if caller.account_id == account_id else {"by": caller.name}
    return by if caller.address is None else {**by, "address": caller.address}


def _told(value: object) -> str | int | bool | list[str] | None:
    if isinstance(value, list | tuple | frozenset):
        return sorted(str(item) for item in value)
    return value if value is None or isinstance(value, int) else str(value)
