"""What authentication tells the activity log. No event has a secret, nor what was typed as one."""

from datetime import datetime
from uuid import UUID

from domain.events import Details, Event

SESSION_STARTED = "session.started"
SESSION_REFUSED = "session.refused"
SESSION_ENDED = "session.ended"
SESSION_REUSED = "session.reused"
TOTP_ENABLED = "totp.enabled"
TOTP_REMOVED = "totp.removed"
RECOVERY_CODE_USED = "recovery-code.used"
RECOVERY_CODES_RENEWED = "recovery-codes.renewed"
PASSKEY_ADDED = "passkey.added"
PASSKEY_REMOVED = "passkey.removed"


def account_event(
    event_id: UUID, kind: str, account_id: UUID, occurred_at: datetime, **details: object
) -> Event:
    """Tell of something that happened to an account, which is the event's subject."""
    told: Details = {name: _told(value) for name, value in details.items()}
    return Event(
        id=event_id, kind=kind, subject=str(account_id), occurred_at=occurred_at, details=told
    )


def _told(value: object) -> str | int | bool | None:
    return value if value is None or isinstance(value, str | int | bool) else str(value)
