"""The module that chooses by which way mails leave."""

from adapters.mail.files import FileMailer
from adapters.mail.messages import Sender
from adapters.mail.smtp import TLS, SMTPAddress, SMTPTransport
from domain.mail.ports import MailTransport
from service.settings import Settings

# Beside the SQLite file.
FOLDER = "mail"


def mail_transport(settings: Settings) -> MailTransport:
    """Give a server where the settings name one, else a folder of files."""
    sender = Sender(settings.mail_from.address, settings.mail_from.name)
    if settings.smtp is None:
        return FileMailer(settings.sqlite_path.parent / FOLDER, sender)
    password = settings.smtp.password
    address = SMTPAddress(
        host=settings.smtp.host,
        port=settings.smtp.port,
        tls=TLS(settings.smtp.tls),
        user=settings.smtp.user,
        password=password.get_secret_value() if password else None,
        ca=settings.smtp.ca,
    )
    return SMTPTransport(address, sender)
