"""The sending of mails: each at least once, as long as it is of use."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from adapters.memory.mailer import MemoryMailer
from domain.errors import StoreUnavailable
from domain.mail import relay as relay_module
from domain.mail.entities import Mail, PendingMail
from domain.mail.errors import MailDeferred, MailRefused
from domain.mail.relay import BATCH_SIZE, CLAIM_TIME, LAST_RETRY_TIME, MailRelay, retry_time
from tests.unit.fakes import Fakes, Held, raising

MOMENT = timedelta(microseconds=1)
LIFE = timedelta(hours=1)
SECOND = timedelta(seconds=1)
AWAY = StoreUnavailable("SMTP", "connection refused")


class TroubledMailer(MemoryMailer):
    """A MemoryMailer that raises what a test says: at the connection, or for a recipient."""

    def __init__(self) -> None:
        super().__init__()
        self.away: Exception | None = None
        self.failures: dict[str, Exception] = {}
        self.connections = 0

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["TroubledMailer"]:
        self.connections += 1
        if self.away:
            raise self.away
        yield self

    async def send(self, mail: Mail) -> None:
        if mail.recipient in self.failures:
            raise self.failures[mail.recipient]
        await super().send(mail)


class PlainWriter:
    """Writes mails that say their kind, and none to nobody."""

    async def write(self, pending: PendingMail) -> Mail | None:
        if pending.kind == "bug":
            raise LookupError("a bug")
        if pending.kind == "nobody":
            return None
        return Mail(
            id=pending.id,
            recipient=pending.recipient,
            subject=pending.kind,
            text=pending.kind,
            written_at=pending.created_at,
        )


@pytest.fixture
def mailer() -> TroubledMailer:
    return TroubledMailer()


@pytest.fixture
def relay(fakes: Fakes, mailer: TroubledMailer) -> MailRelay:
    return MailRelay(fakes.unit_of_work, mailer, PlainWriter(), fakes.clock, fakes.identifiers)


async def leave(fakes: Fakes, *recipients: str, kind: str = "greeting") -> None:
    now = fakes.clock.now()
    mails = [
        PendingMail(
            id=fakes.identifiers.new(),
            kind=kind,
            recipient=recipient,
            account_id=None,
            details={},
            created_at=now,
            expires_at=now + LIFE,
        )
        for recipient in recipients
    ]
    await fakes.unit_of_work.run(lambda stores: stores.mails.add(*mails))


def sent(mailer: TroubledMailer) -> list[str]:
    return [mail.recipient for mail in mailer.sent]


async def test_there_is_nothing_to_send_at_first(relay: MailRelay, mailer: TroubledMailer) -> None:
    assert await relay.deliver_batch() == 0
    assert mailer.connections == 0


async def test_mails_are_sent_once_the_oldest_first_by_one_connection_a_batch(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer
) -> None:
    recipients = [f"{number:02}@example.org" for number in range(BATCH_SIZE + 1)]
    await leave(fakes, *recipients)

    assert [await relay.deliver_batch() for _ in range(3)] == [BATCH_SIZE, 1, 0]

    assert sent(mailer) == recipients
    assert mailer.connections == 2
    assert await fakes.pending_mails() == []


async def test_mails_wait_at_growing_intervals_while_the_server_is_away(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer, caplog: pytest.LogCaptureFixture
) -> None:
    await leave(fakes, "ann@example.org")
    mailer.away = AWAY

    for seconds in (1, 2, 4, 8):
        assert await relay.deliver_batch() == 1
        fakes.clock.advance(seconds * SECOND - MOMENT)
        assert await relay.deliver_batch() == 0
        fakes.clock.advance(MOMENT)
    mailer.away = None
    assert await relay.deliver_batch() == 1

    assert sent(mailer) == ["ann@example.org"]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
    assert caplog.records[0].getMessage() == (
        "Mails wait to be sent: SMTP is unavailable: connection refused"
    )


def test_no_interval_is_longer_than_the_last() -> None:
    assert retry_time(1) == SECOND
    assert retry_time(10) == 512 * SECOND
    assert retry_time(11) == retry_time(10**9) == LAST_RETRY_TIME


async def test_a_server_that_dies_in_the_middle_takes_no_mail_along(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer
) -> None:
    await leave(fakes, "ann@example.org", "bob@example.org", "eve@example.org")
    mailer.failures["bob@example.org"] = StoreUnavailable("SMTP", "connection lost")

    await relay.deliver_batch()

    assert sent(mailer) == ["ann@example.org"]
    mailer.failures.clear()
    fakes.clock.advance(SECOND)
    assert await relay.deliver_batch() == 2
    assert sent(mailer) == ["ann@example.org", "bob@example.org", "eve@example.org"]


@pytest.mark.parametrize(
    "failure,is_kept",
    [(MailDeferred("SMTP", "450"), True), (MailRefused("550 5.1.1"), False)],
    ids=["deferred", "refused"],
)
async def test_one_mail_that_is_not_taken_holds_up_no_other(
    fakes: Fakes,
    relay: MailRelay,
    mailer: TroubledMailer,
    failure: Exception,
    is_kept: bool,  # noqa: FBT001  # The test's parameter.
) -> None:
    await leave(fakes, "ann@example.org", "bob@example.org")
    mailer.failures["ann@example.org"] = failure

    await relay.deliver_batch()

    assert sent(mailer) == ["bob@example.org"]
    assert len(await fakes.pending_mails()) == is_kept


async def test_a_refused_mail_is_told_without_its_recipient(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer, caplog: pytest.LogCaptureFixture
) -> None:
    await leave(fakes, "ann@example.org")
    mailer.failures["ann@example.org"] = MailRefused("the server refuses the recipient: 550 5.1.1")

    await relay.deliver_batch()

    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().endswith(
        "(greeting) is given up: the server refuses the recipient: 550 5.1.1."
    )
    assert "ann@" not in caplog.text


async def test_a_mail_that_can_not_be_written_holds_up_no_other(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer, caplog: pytest.LogCaptureFixture
) -> None:
    await leave(fakes, "ann@example.org", kind="bug")
    await leave(fakes, "bob@example.org")

    await relay.deliver_batch()

    assert sent(mailer) == ["bob@example.org"]
    assert len(await fakes.pending_mails()) == 1
    (record,) = caplog.records
    assert record.exc_info is not None


async def test_a_mail_to_nobody_is_dropped(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer, caplog: pytest.LogCaptureFixture
) -> None:
    await leave(fakes, "nobody@example.org", kind="nobody")

    await relay.deliver_batch()

    assert sent(mailer) == []
    assert await fakes.pending_mails() == []
    assert caplog.records == []


async def test_a_mail_that_is_of_no_use_any_more_is_given_up(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer, caplog: pytest.LogCaptureFixture
) -> None:
    await leave(fakes, "late@example.org")
    fakes.clock.advance(LIFE)
    await leave(fakes, "ann@example.org")

    assert await relay.deliver_batch() == 2

    assert sent(mailer) == ["ann@example.org"]
    assert await fakes.pending_mails() == []
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().endswith("is given up: it could not be sent in time.")


async def test_a_cancelled_batch_leaves_its_mails_to_the_next(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer
) -> None:
    await leave(fakes, "ann@example.org", "bob@example.org")
    held = Held()
    mailer.send = lambda _mail: held()
    batch = asyncio.create_task(relay.deliver_batch())
    await held.begun.wait()

    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch

    del mailer.send
    assert await relay.deliver_batch() == 2
    assert sent(mailer) == ["ann@example.org", "bob@example.org"]


async def test_a_batch_that_takes_too_long_is_left_for_later(
    fakes: Fakes,
    relay: MailRelay,
    mailer: TroubledMailer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await leave(fakes, "ann@example.org")
    held = Held()
    mailer.send = lambda _mail: held()
    monkeypatch.setattr(relay_module, "BATCH_TIME", 0.01)

    assert await relay.deliver_batch() == 1

    assert caplog.records[0].getMessage() == "Mails wait to be sent: it took longer than 0.01 s"
    assert len(await fakes.pending_mails()) == 1


async def test_the_claim_of_a_relay_that_died_runs_out(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer
) -> None:
    await leave(fakes, "ann@example.org")
    died = fakes.identifiers.new()
    now = fakes.clock.now()
    await fakes.unit_of_work.run(
        lambda stores: stores.pending_mails.claim(died, now, now + CLAIM_TIME, BATCH_SIZE)
    )

    fakes.clock.advance(CLAIM_TIME - MOMENT)
    assert await relay.deliver_batch() == 0
    fakes.clock.advance(MOMENT)
    assert await relay.deliver_batch() == 1

    assert sent(mailer) == ["ann@example.org"]


async def test_relays_at_once_send_each_mail_once(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer
) -> None:
    recipients = [f"{number:02}@example.org" for number in range(3 * BATCH_SIZE)]
    await leave(fakes, *recipients)

    counts = await asyncio.gather(*(relay.deliver_batch() for _ in range(4)))

    assert sum(counts) == 3 * BATCH_SIZE
    assert sorted(sent(mailer)) == recipients


async def test_nothing_is_lost_when_the_outbox_is_away(
    fakes: Fakes, relay: MailRelay, mailer: TroubledMailer
) -> None:
    await leave(fakes, "ann@example.org")
    fakes.unit_of_work.before_run = raising(StoreUnavailable("MySQL", "gone"))

    with pytest.raises(StoreUnavailable):
        await relay.deliver_batch()

    assert sent(mailer) == []
    assert len(await fakes.pending_mails()) == 1
