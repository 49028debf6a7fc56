"""Mails as messages (RFC 5322)."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from domain.mail.entities import Mail


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom mails are: an address, and a name to show with it."""

    address: str
    name: str = ""

    @property
    def host(self) -> str:
        """The host of the address, in whose name ids are given."""
        return self.address.rpartition("@")[2]


def needs_utf8(mail: Mail, sender: Sender) -> bool:
    """Tell whether an address is written in more than ASCII (RFC 6531)."""
    return not (mail.recipient.isascii() and sender.address.isascii())


def message_of(mail: Mail, sender: Sender, *, is_for_people: bool = False) -> EmailMessage:
    """Write the message; one for people has its text as it is, whatever mail servers like."""
    message = EmailMessage(policy=SMTPUTF8 if needs_utf8(mail, sender) else SMTP)
    message["From"] = _address(sender.address, sender.name)
    message["To"] = _address(mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = f"<{mail.id}@{sender.host}>"
    # No person's absence answers it (RFC 3834, 5).
    message["Auto-Submitted"] = "auto-generated"
    if is_for_people:
        message.set_content(mail.text, cte="8bit")
    else:
        message.set_content(mail.text)
    return message


def _address(text: str, name: str = "") -> Address:
    # Not as an `addr_spec`, of which the parser knows those of RFC 5322 only, in ASCII.
    local, _, domain = text.rpartition("@")
    return Address(name, local, domain)
