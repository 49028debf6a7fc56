"""What authentication tells the activity log. No event has a secret, nor what was typed as one."""

from domain.accounts.events import account_event

__all__ = [
    "ACCOUNT_CREATED",
    "FACTORS_REMOVED",
    "IDENTITY_LINKED",
    "IDENTITY_UNLINKED",
    "KEY_CREATED",
    "KEY_REVOKED",
    "PASSKEY_ADDED",
    "PASSKEY_REMOVED",
    "RECOVERY_CODES_RENEWED",
    "RECOVERY_CODE_USED",
    "SESSION_ENDED",
    "SESSION_REFUSED",
    "SESSION_REUSED",
    "SESSION_STARTED",
    "TOTP_ENABLED",
    "TOTP_REMOVED",
    "account_event",
]

SESSION_STARTED = "session.started"
SESSION_REFUSED = "session.refused"
SESSION_ENDED = "session.ended"
SESSION_REUSED = "session.reused"
FACTORS_REMOVED = "factors.removed"
TOTP_ENABLED = "totp.enabled"
TOTP_REMOVED = "totp.removed"
RECOVERY_CODE_USED = "recovery-code.used"
RECOVERY_CODES_RENEWED = "recovery-codes.renewed"
PASSKEY_ADDED = "passkey.added"
PASSKEY_REMOVED = "passkey.removed"
KEY_CREATED = "key.created"
KEY_REVOKED = "key.revoked"
ACCOUNT_CREATED = "account.created"
IDENTITY_LINKED = "identity.linked"
IDENTITY_UNLINKED = "identity.unlinked"
