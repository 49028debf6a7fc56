"""What authentication tells the activity log. No event has a secret, nor what was typed as one."""

from domain.accounts.events import account_event

__all__ = [
    "ACCOUNT_CREATED",
    "IDENTITY_LINKED",
    "IDENTITY_UNLINKED",
    "KEY_CREATED",
    "KEY_REVOKED",
    "SESSION_ENDED",
    "SESSION_REFUSED",
    "SESSION_REUSED",
    "SESSION_STARTED",
    "account_event",
]

SESSION_STARTED = "session.started"
SESSION_REFUSED = "session.refused"
SESSION_ENDED = "session.ended"
SESSION_REUSED = "session.reused"
KEY_CREATED = "key.created"
KEY_REVOKED = "key.revoked"
ACCOUNT_CREATED = "account.created"
IDENTITY_LINKED = "identity.linked"
IDENTITY_UNLINKED = "identity.unlinked"
