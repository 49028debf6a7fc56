"""Mails over SMTP: what a server may answer, and how it is trusted."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from uuid_utils.compat import uuid7

from adapters.mail.messages import Sender
from adapters.mail.smtp import TLS, SMTPAddress, SMTPTransport
from domain.errors import StoreUnavailable
from domain.mail.entities import Mail
from domain.mail.errors import MailDeferred, MailRefused
from tests.servers.host import free_port
from tests.smtp_server import Mailbox, smtp_server

SENDER = Sender("no-reply@service.example")
USERS = {b"app": b"hush-hush"}


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def mail_to(recipient: str = "ann@example.org") -> Mail:
    return Mail(
        id=uuid7(),
        recipient=recipient,
        subject="Hello",
        text="Text.\n",
        written_at=datetime.now(UTC),
    )


def transport(port: int, **others: object) -> SMTPTransport:
    address = SMTPAddress(**{"host": "127.0.0.1", "port": port, "tls": TLS.NEVER, **others})
    return SMTPTransport(address, SENDER, timeout=10)


async def send(port: int, mail: Mail | None = None, **others: object) -> None:
    async with transport(port, **others).connected() as mailer:
        await mailer.send(mail or mail_to())


async def test_one_connection_takes_all_mails_of_a_batch(mailbox: Mailbox) -> None:
    async with smtp_server(mailbox) as port, transport(port).connected() as mailer:
        for _ in range(3):
            await mailer.send(mail_to())

    assert len(mailbox.messages) == 3
    assert len(mailbox.sessions) == 1


@pytest.mark.parametrize(
    "command,answer,error",
    [
        ("RCPT", "550 5.1.1 <ann@example.org>: no such user", MailRefused),
        ("DATA", "554 5.7.1 looks like junk", MailRefused),
        ("RCPT", "450 4.2.0 <ann@example.org>: come again later", MailDeferred),
        ("DATA", "451 4.3.0 not now", MailDeferred),
        ("RCPT", "421 4.3.2 closing down", StoreUnavailable),
        ("DATA", "421 4.3.2 closing down", StoreUnavailable),
        # It would be so for each mail: that is the operator's to mend, and no reason to drop one.
        ("MAIL", "550 5.7.1 you may not send as that", StoreUnavailable),
    ],
)
async def test_what_a_server_answers_decides_about_the_mail(
    mailbox: Mailbox, command: str, answer: str, error: type[Exception]
) -> None:
    mailbox.answers[command] = answer

    async with smtp_server(mailbox) as port:
        with pytest.raises(error) as caught:
            await send(port)

    assert type(caught.value) is error
    assert answer[:9] in str(caught.value)
    assert "ann@" not in str(caught.value)
    assert mailbox.messages == []


async def test_the_next_mail_goes_through_after_one_that_was_refused(mailbox: Mailbox) -> None:
    async with smtp_server(mailbox) as port, transport(port).connected() as mailer:
        mailbox.answers["RCPT"] = "550 5.1.1 no"
        with pytest.raises(MailRefused):
            await mailer.send(mail_to("bob@example.org"))
        mailbox.answers.clear()
        await mailer.send(mail_to())

    assert mailbox.recipients == ["ann@example.org"]


async def test_nobody_listens() -> None:
    with pytest.raises(StoreUnavailable, match="SMTP is unavailable"):
        await send(free_port())


async def test_a_server_dies_while_it_reads(mailbox: Mailbox) -> None:
    mailbox.hangs = True

    async with smtp_server(mailbox) as port:
        with pytest.raises(StoreUnavailable):
            await send(port)


async def test_a_server_without_smtputf8_gets_no_mangled_address(mailbox: Mailbox) -> None:
    async with (
        smtp_server(mailbox, is_international=False) as port,
        transport(port).connected() as mailer,
    ):
        with pytest.raises(MailRefused, match="SMTPUTF8"):
            await mailer.send(mail_to("한강@example.org"))
        await mailer.send(mail_to())

    assert mailbox.recipients == ["ann@example.org"]


class TestTLS:
    async def test_starttls_comes_before_the_password(
        self, mailbox: Mailbox, certificate: Path, server_tls: ssl.SSLContext
    ) -> None:
        async with smtp_server(mailbox, tls=server_tls, users=USERS) as port:
            login = {"user": "app", "password": "hush-hush"}
            await send(port, tls=TLS.STARTTLS, ca=str(certificate), **login)

        assert mailbox.recipients == ["ann@example.org"]

    async def test_a_wrong_password_keeps_the_mail_and_is_not_told(
        self, mailbox: Mailbox, certificate: Path, server_tls: ssl.SSLContext
    ) -> None:
        async with smtp_server(mailbox, tls=server_tls, users=USERS) as port:
            with pytest.raises(StoreUnavailable, match="535") as caught:
                await send(
                    port, tls=TLS.STARTTLS, ca=str(certificate), user="app", password="wrong-one"
                )

        assert "wrong-one" not in str(caught.value)

    async def test_a_server_that_offers_no_starttls_gets_nothing(self, mailbox: Mailbox) -> None:
        async with smtp_server(mailbox) as port:
            with pytest.raises(StoreUnavailable):
                await send(port, tls=TLS.STARTTLS)

        assert mailbox.sessions == set()

    async def test_a_stranger_who_claims_to_be_the_server_gets_nothing(
        self, mailbox: Mailbox, server_tls: ssl.SSLContext
    ) -> None:
        async with smtp_server(mailbox, tls=server_tls) as port:
            with pytest.raises(StoreUnavailable):
                await send(port, tls=TLS.STARTTLS)

        assert mailbox.sessions == set()

    async def test_certificates_that_are_not_there_keep_the_mail(
        self, mailbox: Mailbox, tmp_path: Path
    ) -> None:
        async with smtp_server(mailbox) as port:
            with pytest.raises(StoreUnavailable, match="No such file"):
                await send(port, tls=TLS.STARTTLS, ca=str(tmp_path / "absent.pem"))

    async def test_tls_from_the_start(
        self, mailbox: Mailbox, certificate: Path, server_tls: ssl.SSLContext
    ) -> None:
        async with smtp_server(mailbox, tls=server_tls, is_tls_implicit=True) as port:
            await send(port, tls=TLS.FROM_THE_START, ca=str(certificate))

        assert mailbox.recipients == ["ann@example.org"]


def test_the_password_is_in_no_text_of_the_address() -> None:
    address = SMTPAddress(host="mail", port=587, tls=TLS.STARTTLS, user="app", password="hush-hush")
    assert "hush-hush" not in f"{address} {address!r}"


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with a certificate for loopback that nobody has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    own = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(own, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(signed.public_bytes(pem) + key.private_bytes(pem, form, plain))
    return path
