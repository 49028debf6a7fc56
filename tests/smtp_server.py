"""An SMTP server on loopback that keeps what it takes, and refuses what it is told to."""

import asyncio
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Mailbox:
    """What aiosmtpd hands its mails to. Each is kept as it was read, oldest first.

    `recipients` are those of the envelopes. `answers` are given in place of the usual ones, by the
    command (RCPT, MAIL, DATA). `connections` counts those that took a mail, or began to.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, str] = {}
        self.sessions: set[int] = set()
        self.hangs = False

    async def handle_MAIL(  # noqa: N802  # The name is aiosmtpd's.
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        self.sessions.add(id(session))
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.hangs:
            server.transport.abort()
            return "421 gone"
        if "DATA" in self.answers:
            return self.answers["DATA"]
        content: Any = envelope.content
        self.messages.append(email.message_from_bytes(content, policy=SMTPUTF8))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@asynccontextmanager
async def smtp_server(
    mailbox: Mailbox,
    *,
    port: int = 0,
    is_international: bool = True,
    tls: ssl.SSLContext | None = None,
    is_tls_implicit: bool = False,
    users: dict[bytes, bytes] | None = None,
) -> AsyncIterator[int]:
    """Serve on the running loop, on a free port unless told which; gives the port."""

    def authenticated(
        _server: object, _session: object, _envelope: object, _name: str, data: LoginPassword
    ) -> AuthResult:
        is_right = (users or {}).get(data.login) == data.password
        return AuthResult(success=is_right, handled=False)

    made: list[SMTP] = []

    def make() -> SMTP:
        server = SMTP(
            mailbox,
            hostname="localhost",
            enable_SMTPUTF8=is_international,
            tls_context=None if is_tls_implicit else tls,
            require_starttls=tls is not None and not is_tls_implicit,
            authenticator=authenticated if users else None,
            auth_required=users is not None,
        )
        made.append(server)
        return server

    server = await asyncio.get_running_loop().create_server(
        make, "127.0.0.1", port, ssl=tls if is_tls_implicit else None
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await _hang_up(made)


async def _hang_up(connections: list[SMTP]) -> None:
    """End connections that are still open, with the tasks that serve them."""
    for connection in connections:
        if connection.transport is not None:
            connection.transport.abort()
    tasks = [it._handler_coroutine for it in connections if it._handler_coroutine is not None]
    for task in tasks:
        # Where a handshake failed, the loss of its connection is told to nobody.
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=10)
