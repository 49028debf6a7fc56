"""What lives as long as a server process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from domain.authentication.mails import MailKind, pending_mail
from domain.errors import StoreNotReady, StoreUnavailable
from service import lifespan, purge_worker, relay_worker
from service.asgi import StartupFailed
from service.lifespan import serving
from service.settings import Settings
from service.wiring import Opened, Wiring, wire
from tests.unit.fakes import Held, details_of

SETTINGS = {
    "MySQL": "FLASK_MYSQL_URI",
    "MongoDB": "FLASK_MONGO_URI",
    "Redis": "FLASK_REDIS_URI",
    "SQLite": "FLASK_SQLITE_PATH",
}


@pytest.fixture
def steps() -> list[str]:
    """Give what the stores did, in order."""
    return []


@pytest.fixture
def store(steps: list[str]) -> Callable[..., Opened]:
    """Give what makes a store that says when it opens and closes."""

    def make(name: str, *, failure: Exception | None = None) -> Opened:
        @asynccontextmanager
        async def opened() -> AsyncIterator[None]:
            if failure:
                raise failure
            steps.append(f"open {name}")
            yield
            steps.append(f"close {name}")

        return opened

    return make


@pytest.fixture
def wiring(testing_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    # Nothing but a commit shall set off a delivery.
    monkeypatch.setattr(relay_worker, "IDLE_TIME", 3600)
    return wire(testing_settings)


def with_stores(wiring: Wiring, *opened: Opened) -> Wiring:
    return replace(wiring, adapters=replace(wiring.adapters, opened=opened))


async def test_events_are_delivered_while_the_server_serves(wiring: Wiring) -> None:
    recorded = asyncio.Event()
    log = wiring.adapters.activity_log
    record = log.record

    async def record_and_tell(events: Sequence[object]) -> object:
        held = await record(events)
        recorded.set()
        return held

    log.record = record_and_tell

    async with serving(wiring), asyncio.timeout(10):
        author = await wiring.use_cases.catalogue.create_author(details_of())
        await recorded.wait()

    (event,) = await log.list(kind=None, subject=None, before=None, limit=10)
    assert event.subject == str(author.id)


async def test_mails_are_sent_while_the_server_serves(wiring: Wiring) -> None:
    mailer, sent = wiring.adapters.mail_transport, asyncio.Event()
    send = mailer.send

    async def send_and_tell(mail: object) -> None:
        await send(mail)
        sent.set()

    mailer.send = send_and_tell

    async with serving(wiring), asyncio.timeout(10):
        mail = pending_mail(
            uuid7(), MailKind.PASSWORD_CHANGED, "ann@example.org", datetime.now(UTC), client="::1"
        )
        await wiring.adapters.unit_of_work.run(lambda stores: stores.mails.add(mail))
        await sent.wait()

    (taken,) = mailer.sent
    assert taken.recipient == "ann@example.org"
    assert taken.subject == "Your password was changed"
    assert "::1" in taken.text


async def test_old_answers_are_forgotten_while_the_server_serves(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge_worker, "INTERVAL", 0)
    purged = asyncio.Event()

    class Idempotency:
        async def purge_answers(self) -> int:
            purged.set()
            return 0

    wiring = replace(wiring, use_cases=replace(wiring.use_cases, idempotency=Idempotency()))

    async with serving(wiring), asyncio.timeout(10):
        await purged.wait()


async def test_nothing_is_delivered_before_and_after(wiring: Wiring) -> None:
    wiring.adapters.activity_log.record = None
    await wiring.use_cases.catalogue.create_author(details_of())
    wiring = replace(wiring, use_cases=replace(wiring.use_cases, relay=IdleRelay()))

    async with serving(wiring):
        pass

    assert {task.get_name() for task in asyncio.all_tasks()} == {asyncio.current_task().get_name()}


def test_it_may_be_entered_again_on_another_loop(wiring: Wiring) -> None:
    async def serve() -> None:
        async with serving(wiring), asyncio.timeout(10):
            await deliver()
            # The relay waits by now.
            await deliver()

    async def deliver() -> None:
        author = await wiring.use_cases.catalogue.create_author(details_of())
        while str(author.id) not in await recorded():  # noqa: ASYNC110  # The relay tells nobody.
            await asyncio.sleep(0)

    async def recorded() -> set[str]:
        log = wiring.adapters.activity_log
        return {
            event.subject for event in await log.list(kind=None, subject=None, before=None, limit=9)
        }

    asyncio.run(serve())
    asyncio.run(serve())


class IdleRelay:
    """A relay for which there is nothing to do."""

    async def deliver_batch(self) -> int:
        return 0


async def test_stores_are_closed_in_reverse_when_the_relay_has_ended(
    wiring: Wiring, store: Callable[..., Opened], steps: list[str]
) -> None:
    delivery = Held()

    class SlowRelay:
        async def deliver_batch(self) -> None:
            try:
                await delivery()
            finally:
                steps.append("end delivery")

    wiring = replace(wiring, use_cases=replace(wiring.use_cases, relay=SlowRelay()))

    async with serving(with_stores(wiring, store("first"), store("second"))):
        await delivery.begun.wait()

    assert steps == ["open first", "open second", "end delivery", "close second", "close first"]


@pytest.mark.parametrize("name", SETTINGS)
async def test_a_store_that_is_away_is_told_with_the_setting_that_names_it(
    wiring: Wiring, store: Callable[..., Opened], name: str
) -> None:
    failing = store(name, failure=StoreUnavailable(name, "db:1: connection refused"))

    with pytest.raises(StartupFailed) as caught:
        async with serving(with_stores(wiring, failing)):
            pytest.fail("It must not serve.")

    message = str(caught.value)
    assert message.startswith(f"{name} is unavailable: db:1: connection refused. ")
    assert SETTINGS[name] in message
    assert "\n" not in message


async def test_a_store_that_is_not_ready_is_told_with_its_remedy(
    wiring: Wiring, store: Callable[..., Opened]
) -> None:
    failure = StoreNotReady("MySQL", "it has no schema yet", "Run `flask db-init`.")

    with pytest.raises(StartupFailed) as caught:
        async with serving(with_stores(wiring, store("MySQL", failure=failure))):
            pytest.fail("It must not serve.")

    assert str(caught.value) == "MySQL is not ready: it has no schema yet. Run `flask db-init`."


async def test_stores_that_were_open_are_closed_when_a_later_one_fails(
    wiring: Wiring, store: Callable[..., Opened], steps: list[str]
) -> None:
    failing = store("last", failure=StoreUnavailable("Redis", "gone"))

    with pytest.raises(StartupFailed):
        async with serving(with_stores(wiring, store("first"), store("second"), failing)):
            pytest.fail("It must not serve.")

    assert steps == ["open first", "open second"]


async def test_a_bug_at_the_start_keeps_its_own_form(
    wiring: Wiring, store: Callable[..., Opened]
) -> None:
    with pytest.raises(LookupError):
        async with serving(with_stores(wiring, store("first", failure=LookupError("a bug")))):
            pytest.fail("It must not serve.")


async def test_an_outage_later_is_no_failed_start(wiring: Wiring) -> None:
    with pytest.raises(StoreUnavailable):
        async with serving(wiring):
            raise StoreUnavailable("MySQL", "gone")


async def test_what_anybody_can_make_grow_ends_without_an_operator(
    monkeypatch: pytest.MonkeyPatch, testing_settings: Settings
) -> None:
    expected = [
        "idempotency keys",
        "one-time tokens",
        "sessions",
        "counts of attempts",
        "challenges",
        "apps for codes that nobody finished to add",
    ]
    begun: list[str] = []
    all_have_begun = asyncio.Event()

    async def purge(_purge: object, what: str) -> None:
        begun.append(what)
        if len(begun) == len(expected):
            all_have_begun.set()

    monkeypatch.setattr(lifespan, "purge_regularly", purge)

    async with serving(wire(testing_settings)):
        await all_have_begun.wait()

    assert begun == expected
