"""The outbox of mails in memory."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.mail.entities import PendingMail


@dataclass(frozen=True, slots=True)
class _Waiting:
    mail: PendingMail
    available_at: datetime
    claim: UUID | None = None


class MemoryMails:
    """The fake of Mails and PendingMails; a copy of it is the state of a transaction."""

    def __init__(self, waiting: dict[UUID, _Waiting] | None = None) -> None:
        self._waiting = waiting or {}
        self.has_added = False

    def copy(self) -> "MemoryMails":
        """Give an independent copy."""
        return MemoryMails(dict(self._waiting))

    async def add(self, *mails: PendingMail) -> None:
        """Keep the mails."""
        for mail in mails:
            self._waiting[mail.id] = _Waiting(mail, mail.created_at)
        self.has_added = True

    async def claim(
        self, claim: UUID, now: datetime, until: datetime, limit: int
    ) -> list[PendingMail]:
        """Put the claim on the mails that are due."""
        due = [waiting for waiting in self._waiting.values() if waiting.available_at <= now]
        due.sort(key=lambda waiting: (waiting.available_at, waiting.mail.id))
        claimed = sorted(waiting.mail.id for waiting in due[:limit])
        for mail_id in claimed:
            mail = self._waiting[mail_id].mail
            counted = replace(mail, attempts=mail.attempts + 1)
            self._waiting[mail_id] = _Waiting(counted, until, claim)
        return [self._waiting[mail_id].mail for mail_id in claimed]

    async def postpone(self, claim: UUID, mail_id: UUID, until: datetime) -> None:
        """Take the claim off one mail."""
        if mail_id in self._under(claim):
            self._waiting[mail_id] = _Waiting(self._waiting[mail_id].mail, until)

    async def complete(self, claim: UUID, mail_id: UUID) -> None:
        """Forget one mail."""
        if mail_id in self._under(claim):
            del self._waiting[mail_id]

    async def release(self, claim: UUID, now: datetime) -> None:
        """Take the claim off its mails."""
        for mail_id in self._under(claim):
            await self.postpone(claim, mail_id, now)

    def _under(self, claim: UUID) -> list[UUID]:
        return [key for key, waiting in self._waiting.items() if waiting.claim == claim]
