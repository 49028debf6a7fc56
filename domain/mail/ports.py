"""What the sending of mails asks of the outside."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.mail.entities import Mail, PendingMail


class Mailer(Protocol):
    """Takes mails, while a transport is connected."""

    async def send(self, mail: Mail) -> None:
        """Hand the mail over for good: who takes it answers for its delivery.

        Sending it again is another delivery, under the same id, by which the recipient's programs
        know it. Raises MailRefused where it never will be taken (SMTP's 5yz), MailDeferred where
        this one isn't at present (4yz), and StoreUnavailable when it isn't known whether it was
        taken, or nothing is.
        """
        ...


class MailTransport(Protocol):
    """The way by which mails leave."""

    def connected(self) -> AbstractAsyncContextManager[Mailer]:
        """Connect for some mails; raises StoreUnavailable when nobody there takes any."""
        ...


class MailWriter(Protocol):
    """Writes mails of the kinds that it knows."""

    async def write(self, pending: PendingMail) -> Mail | None:
        """Write the mail, with what it brings by now; None when there is nobody to tell anything.

        May be called again for a mail whose sending failed. Raises StoreUnavailable.
        """
        ...


class Mails(Protocol):
    """The outbox of mails."""

    async def add(self, *mails: PendingMail) -> None:
        """Keep the mails until they are sent, if the unit of work commits."""
        ...


class PendingMails(Protocol):
    """The outbox of mails as who sends them sees it."""

    async def claim(
        self, claim: UUID, now: datetime, until: datetime, limit: int
    ) -> list[PendingMail]:
        """Give at most `limit` mails, the oldest first, that nobody else gets before `until`.

        Only mails that are due (`now`) and free are given, each with one attempt more than before;
        those whose claim has run out are free again, so who dies strands none.
        """
        ...

    async def postpone(self, claim: UUID, mail_id: UUID, until: datetime) -> None:
        """End the claim on one mail, which is due again at `until`."""
        ...

    async def complete(self, claim: UUID, mail_id: UUID) -> None:
        """Drop one mail, if it is still under this claim."""
        ...

    async def release(self, claim: UUID, now: datetime) -> None:
        """End the claim; its mails are due again at once."""
        ...


class MailStores(Protocol):
    """The stores of who sends mails that share a unit of work."""

    @property
    def pending_mails(self) -> PendingMails:
        """The mails that wait."""
        ...


class MailTexts(Protocol):
    """What mails say to people."""

    def write(self, kind: str, values: Mapping[str, str]) -> tuple[str, str]:
        """Give the subject and the text of a mail of this kind, about these values."""
        ...
