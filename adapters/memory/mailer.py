"""Mail that goes nowhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.mail.entities import Mail


class MemoryMailer:
    """The fake of Mailer, and of MailTransport; `sent` has all that it took, oldest first."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["MemoryMailer"]:
        """Give itself."""
        yield self

    async def send(self, mail: Mail) -> None:
        """Keep the mail."""
        self.sent.append(mail)
