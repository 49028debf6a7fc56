"""What the use-cases that change passwords and addresses have in common."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.credential_ports import CredentialStores
from domain.authentication.entities import Access, Client
from domain.authentication.events import account_event
from domain.authentication.mails import MailKind, pending_mail
from domain.events import Event
from domain.mail.entities import PendingMail
from domain.ports import Cache, Clock, Identifiers, UnitOfWork

ACCOUNT_VERIFIED = "account.verified"
PASSWORD_CHANGED = "password.changed"  # noqa: S105  # The kind of an event.
PASSWORD_RESET = "password.reset"  # noqa: S105
EMAIL_CHANGING = "email.changing"
EMAIL_CHANGED = "email.changed"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialChanges:
    """Holds the ports. Each change is one transaction, with its event and its mails."""

    unit_of_work: UnitOfWork[CredentialStores]
    access_cache: Cache[Access]
    clock: Clock
    identifiers: Identifiers

    async def run_and_forget(
        self, account_id: UUID, unit: Callable[[CredentialStores], Awaitable[Result]]
    ) -> Result:
        """Run a change of what decides about requests, which counts from the next one on."""
        try:
            return await self.unit_of_work.run(unit)
        finally:
            await self.access_cache.forget(account_id)

    async def queue(
        self,
        kind: MailKind,
        recipient: str,
        *,
        account_id: UUID | None = None,
        **details: str | None,
    ) -> None:
        """Let a mail wait whose writing decides what it says, and to whom."""
        mail = self.mail(kind, recipient, self.clock.now(), account_id=account_id, **details)
        await self.unit_of_work.run(lambda stores: stores.mails.add(mail))

    def mail(
        self,
        kind: MailKind,
        recipient: str,
        now: datetime,
        *,
        account_id: UUID | None = None,
        **details: str | None,
    ) -> PendingMail:
        """Give a mail that waits."""
        return pending_mail(
            self.identifiers.new(), kind, recipient, now, account_id=account_id, **details
        )

    def notice(
        self, kind: MailKind, account: Account, now: datetime, client: Client
    ) -> PendingMail:
        """Give a mail that tells an account of what was done, and from where."""
        return self.mail(kind, account.email, now, account_id=account.id, client=client.address)

    def event(
        self, kind: str, account_id: UUID, now: datetime, client: Client, **details: object
    ) -> Event:
        """Give what is told to the activity log."""
        return account_event(
            self.identifiers.new(), kind, account_id, now, address=client.address, **details
        )
