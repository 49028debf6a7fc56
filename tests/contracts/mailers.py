"""What takes mails, with a look at what it has taken."""

import email
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path

from adapters.mail.files import FileMailer
from adapters.mail.messages import Sender, message_of
from adapters.mail.smtp import TLS, SMTPAddress, SMTPTransport
from adapters.memory.mailer import MemoryMailer
from domain.mail.ports import MailTransport
from tests.smtp_server import Mailbox, smtp_server

SENDER = Sender("no-reply@service.example", "The Service")
TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Taken:
    """A transport, and the messages that it has handed over."""

    transport: MailTransport
    messages: Callable[[], Sequence[EmailMessage]]


@asynccontextmanager
async def memory_mailer() -> AsyncIterator[Taken]:
    mailer = MemoryMailer()
    yield Taken(mailer, lambda: [message_of(mail, SENDER) for mail in mailer.sent])


@asynccontextmanager
async def file_mailer(folder: Path) -> AsyncIterator[Taken]:
    def messages() -> list[EmailMessage]:
        files = sorted(folder.glob("*.eml"))
        return [email.message_from_bytes(it.read_bytes(), policy=SMTPUTF8) for it in files]

    yield Taken(FileMailer(folder, SENDER), messages)


@asynccontextmanager
async def smtp_mailer() -> AsyncIterator[Taken]:
    mailbox = Mailbox()
    async with smtp_server(mailbox) as port:
        address = SMTPAddress(host="127.0.0.1", port=port, tls=TLS.NEVER)
        transport = SMTPTransport(address, SENDER, timeout=TIMEOUT_SECONDS)
        yield Taken(transport, lambda: mailbox.messages)
