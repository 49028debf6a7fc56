"""The contract of domain.mail.ports.MailTransport and Mailer."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from domain.errors import InvalidValue
from domain.mail.entities import Mail
from tests.contracts.mailers import Taken, file_mailer, memory_mailer, smtp_mailer

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
TEXT = """\
Good day — 안녕하세요.

.
.. and dots at the beginning of lines,
From an old program's point of view, the same.
{long}
""".format(long="long " * 300)


def new_mail(**others: str) -> Mail:
    details = {"recipient": "ann@example.org", "subject": "Hello", "text": "Text.\n", **others}
    return Mail(id=uuid7(), written_at=NOW, **details)


@pytest.fixture(params=["memory", "files", "smtp"])
async def taken(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Taken]:
    async with AsyncExitStack() as stack:
        opened = {
            "memory": memory_mailer,
            "files": lambda: file_mailer(tmp_path / "new" / "mail"),
            "smtp": smtp_mailer,
        }[request.param]
        yield await stack.enter_async_context(opened())


async def send(taken: Taken, *mails: Mail) -> None:
    async with taken.transport.connected() as mailer:
        for mail in mails:
            await mailer.send(mail)


async def test_a_mail_comes_as_it_was_sent(taken: Taken) -> None:
    mail = new_mail(subject="Prüfen Sie Ihre Adresse — 확인 " + "very " * 30 + "long", text=TEXT)

    await send(taken, mail)

    (message,) = taken.messages()
    assert message["To"] == "ann@example.org"
    assert message["From"] == "The Service <no-reply@service.example>"
    assert message["Subject"] == mail.subject
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == f"<{mail.id}@service.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == TEXT


async def test_mails_follow_one_another(taken: Taken) -> None:
    mails = [new_mail(text=f"{number}\n") for number in range(3)]

    await send(taken, *mails[:2])
    await send(taken, mails[2])

    assert [it.get_content().strip() for it in taken.messages()] == ["0", "1", "2"]


async def test_a_mail_that_is_sent_again_is_known_by_its_id(taken: Taken) -> None:
    mail = new_mail()

    await send(taken, mail, mail)

    assert len({message["Message-ID"] for message in taken.messages()}) == 1


@pytest.mark.parametrize("recipient", ["한강@example.org", "ann@bücher.example", "o'neil+x@a.org"])
async def test_addresses_of_all_scripts_are_reached(taken: Taken, recipient: str) -> None:
    await send(taken, new_mail(recipient=recipient))

    (message,) = taken.messages()
    # The parser takes UTF-8 in headers for bytes that it can't read.
    assert message["To"].encode(errors="surrogateescape").decode() == recipient


async def test_nobody_takes_no_mails(taken: Taken) -> None:
    await send(taken)

    assert taken.messages() == []


@pytest.mark.parametrize("line", ["a\nBcc: eve@example.org", "a\r\n\r\nb", "a\x00", "a\u2028b", ""])
@pytest.mark.parametrize("field", ["subject", "recipient"])
def test_no_line_can_bring_another_header(field: str, line: str) -> None:
    with pytest.raises(InvalidValue):
        new_mail(**{field: line})
