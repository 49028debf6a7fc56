"""Mails over SMTP (RFC 5321)."""

import re
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from adapters.mail.messages import Sender, message_of, needs_utf8
from domain.errors import StoreUnavailable
from domain.mail.entities import Mail
from domain.mail.errors import MailDeferred, MailRefused

# Seconds for one answer of the server; many let a stranger wait on purpose.
TIMEOUT = 20.0

STORE = "SMTP"

_FIRST_PERMANENT = 500
_CLOSING = 421
# RFC 3463. The rest of an answer may quote the recipient, whom a log must not name.
_ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s)")


class TLS(StrEnum):
    """When a connection is encrypted; the server's certificate is always checked."""

    FROM_THE_START = "implicit"
    STARTTLS = "starttls"
    NEVER = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SMTPAddress:
    """A server that takes mails; without a user nobody signs in. `ca` is a file of certificates."""

    host: str
    port: int
    tls: TLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: str | None = None


class SMTPTransport:
    """A MailTransport with a connection for each batch of mails, as servers like it."""

    def __init__(self, address: SMTPAddress, sender: Sender, *, timeout: float = TIMEOUT) -> None:
        self._address = address
        self._sender = sender
        self._timeout = timeout
        # Found out at the first connection, which may take a while.
        self._own_name: str | None = None

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["SMTPMailer"]:
        """Connect, encrypt and sign in; take leave at the end."""
        with _translated():
            client = self._client()
        try:
            with _translated():
                await client.connect()
            self._own_name = client.local_hostname
            yield SMTPMailer(client, self._sender)
            with suppress(SMTPException, OSError, TimeoutError):
                await client.quit()
        finally:
            client.close()

    def _client(self) -> SMTP:
        address = self._address
        return SMTP(
            hostname=address.host,
            port=address.port,
            local_hostname=self._own_name,
            username=address.user,
            password=address.password,
            timeout=self._timeout,
            use_tls=address.tls is TLS.FROM_THE_START,
            start_tls=address.tls is TLS.STARTTLS,
            tls_context=self._tls_context,
        )

    @cached_property
    def _tls_context(self) -> ssl.SSLContext | None:
        """Read the certificates once: that takes longer than to send a mail."""
        if self._address.tls is TLS.NEVER:
            return None
        return ssl.create_default_context(cafile=self._address.ca)


class SMTPMailer:
    """A Mailer over one connection."""

    def __init__(self, client: SMTP, sender: Sender) -> None:
        self._client = client
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        """Send one message; where an address needs SMTPUTF8, the server must know that."""
        message = message_of(mail, self._sender)
        options = ["SMTPUTF8"] if needs_utf8(mail, self._sender) else []
        with _translated(), _judged():
            await self._client.sendmail(
                self._sender.address, [mail.recipient], message.as_bytes(), mail_options=options
            )


@contextmanager
def _judged() -> Iterator[None]:
    """Tell what is about the mail from what is about all mails; the rest goes through."""
    try:
        yield
    except SMTPNotSupported as error:
        raise MailRefused("the server knows no addresses beyond ASCII (SMTPUTF8)") from error
    except SMTPRecipientsRefused as error:
        raise _judgement(error.recipients[0], "the recipient") from error
    except SMTPDataError as error:
        raise _judgement(error, "the message") from error


def _judgement(error: SMTPResponseException, what: str) -> Exception:
    if error.code == _CLOSING:
        return error
    if error.code >= _FIRST_PERMANENT:
        return MailRefused(f"the server refuses {what}: {_answer(error)}")
    return MailDeferred(STORE, f"the server defers {what}: {_answer(error)}")


def _answer(error: SMTPResponseException) -> str:
    enhanced = _ENHANCED_CODE.match(f"{error.message} ")
    return f"{error.code} {enhanced[0]}" if enhanced else str(error.code)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SMTPResponseException as error:
        raise StoreUnavailable(STORE, f"the server answers {_answer(error)}") from error
    except (SMTPException, OSError, TimeoutError) as error:
        raise StoreUnavailable(STORE, str(error) or type(error).__name__) from error
