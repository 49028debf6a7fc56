"""Mails, waiting and written."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.errors import InvalidValue
from domain.events import Details


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMail:
    """A mail that waits until somebody sends it; only then is it written.

    `kind` and `details` say what to write, so that no secret which the mail brings has to wait
    with it. After `expires_at` it is of no use. `attempts` counts how often somebody set out to
    send it. `account_id` is whose mail it is, where that is known already.
    """

    id: UUID
    kind: str
    recipient: str
    account_id: UUID | None
    details: Details
    created_at: datetime
    expires_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as it is sent, to one recipient. Sent again, it has the same id.

    Raises InvalidValue for a line that would end a header and begin another.
    """

    id: UUID
    recipient: str
    subject: str
    text: str
    written_at: datetime

    def __post_init__(self) -> None:
        for field, line in (("recipient", self.recipient), ("subject", self.subject)):
            if not line or any(unicodedata.category(it) in {"Cc", "Zl", "Zp"} for it in line):
                raise InvalidValue(field, "must be one line without control characters")
