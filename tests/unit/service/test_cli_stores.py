import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from uuid_utils.compat import uuid7

from adapters.memory.unit_of_work import MemoryStores
from domain.authentication.credential_ports import CredentialStores
from domain.authentication.one_time_tokens import OneTimeToken, Purpose
from domain.catalogue.entities import Author
from domain.catalogue.ports import CatalogueStores
from domain.errors import StoreNotReady
from domain.events import Event
from domain.idempotency.entities import Claim, KeptAnswer
from domain.idempotency.ports import IdempotencyStores
from service import wiring
from service.cli import stores
from service.settings import Settings, load_settings
from tests.contracts.test_accounts import make_account
from tests.contracts.test_api_keys import make_key
from tests.contracts.test_books import make_book
from tests.contracts.test_challenges import new_challenge
from tests.contracts.test_second_factors import secret_of
from tests.contracts.test_sessions import make_session

TESTING = {
    "FLASK_CONFIG": "testing",
    "FLASK_DELETED_RETENTION_DAYS": "10",
    "FLASK_ACTIVITY_RETENTION_DAYS": "20",
}


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = load_settings(TESTING, None)
    monkeypatch.setattr(stores, "settings_or_exit", lambda: settings)
    return settings


def author(number: int) -> Author:
    return Author(
        id=UUID(int=number),
        name="Ann",
        biography=None,
        born_on=None,
        died_on=None,
        version=1,
        created_at=datetime.now(UTC),
        updated_at=datetime.now(UTC),
    )


def event(days_ago: int) -> Event:
    occurred_at = datetime.now(UTC) - timedelta(days=days_ago)
    return Event(
        id=UUID(int=days_ago),
        kind="author.created",
        subject="1",
        occurred_at=occurred_at,
        details={},
    )


async def leave_behind(stores: MemoryStores) -> None:
    """Delete an account 9 and one 11 days ago, and end sessions and keys then; let one live."""
    now = datetime.now(UTC)
    live, later = make_account(), now + timedelta(days=1)
    await stores.accounts.add(live)
    await stores.sessions.add(make_session(live.id, expires_at=later))
    await stores.api_keys.add(make_key(live))
    for days in (9, 11):
        then, account = now - timedelta(days=days), make_account()
        await stores.accounts.add(account)
        await stores.accounts.delete(account.id, then)
        await stores.sessions.add(make_session(live.id, ended_at=then, expires_at=later))
        await stores.api_keys.add(make_key(live, expires_at=then))
    await stores.challenges.add(new_challenge(expires_at=now - timedelta(seconds=1)))
    await stores.challenges.add(new_challenge(expires_at=now + timedelta(minutes=1)))
    for minutes in (14, 16):
        begun_at = now - timedelta(minutes=minutes)
        await stores.totp_secrets.put(replace(secret_of(uuid7()), created_at=begun_at), begun_at)


async def fill(wired: wiring.Wiring) -> None:
    """Delete of authors and books one 9 and one 11 days ago, and let one live; record events.

    Keep an answer and a one-time token since 23, and one of each since 25 hours.
    """

    async def delete(stores: CatalogueStores) -> None:
        for days in (9, 11, 12):
            await stores.authors.add(author(days))
        await stores.books.add([make_book(id=UUID(int=days)) for days in (9, 11, 12)])
        for days in (9, 11):
            deleted_at = datetime.now(UTC) - timedelta(days=days)
            await stores.authors.delete(UUID(int=days), deleted_at)
            await stores.books.delete(UUID(int=days), deleted_at)

    async def keep(stores: IdempotencyStores) -> None:
        for hours in (23, 25):
            claim = Claim(caller="anonymous", key=f"{hours}", fingerprint=bytes(32))
            claimed_at = datetime.now(UTC) - timedelta(hours=hours)
            await stores.kept_answers.claim(claim, claimed_at)
            await stores.kept_answers.keep(claim, KeptAnswer(201, (), b""), claimed_at)

    async def put_tokens(stores: CredentialStores) -> None:
        for hours in (23, 25):
            token = OneTimeToken(
                purpose=Purpose.SIGN_UP,
                account_id=None,
                email="ann@example.org",
                password_hash=None,
                name=None,
                created_at=datetime.now(UTC) - timedelta(hours=hours),
            )
            await stores.one_time_tokens.put(bytes(31) + bytes([hours]), token)

    await wired.adapters.unit_of_work.run(delete)
    await wired.adapters.unit_of_work.run(leave_behind)
    await wired.adapters.unit_of_work.run(keep)
    await wired.adapters.unit_of_work.run(put_tokens)
    await wired.adapters.activity_log.record([event(19), event(21), event(22)])


def test_a_purge_removes_what_was_kept_for_its_time(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    wired = wiring.wire(settings)
    asyncio.run(fill(wired))
    monkeypatch.setattr(wiring, "wire", lambda _settings: wired)
    result = CliRunner().invoke(stores.purge)
    assert result.exit_code == 0, result.output
    assert [line.split(" that ")[0] for line in result.stdout.splitlines()] == [
        "Removed 1 authors",
        "Removed 1 books",
        "Removed 1 accounts",
        "Removed 2 sessions",
        "Removed 1 API keys",
        "Removed 1 challenges",
        "Removed 1 apps for codes",
        "Removed 0 counts of attempts",
        "Removed 2 events",
        "Removed 1 answers",
        "Removed 1 one-time tokens",
    ]
    again = CliRunner().invoke(stores.purge)
    assert again.stdout.count("Removed 0 ") == 11


def test_what_was_initialised_is_told(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    async def initialise(given: Settings) -> list[str]:
        assert given is settings
        return ["Created this.", "Made that."]

    monkeypatch.setattr(wiring, "initialise", initialise)
    result = CliRunner().invoke(stores.db_init)
    assert (result.exit_code, result.stdout) == (0, "Created this.\nMade that.\n")


def test_an_error_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    async def initialise(_settings: Settings) -> list[str]:
        raise StoreNotReady("SQLite", "the file is in use", "Stop that process.")

    monkeypatch.setattr(wiring, "initialise", initialise)
    result = CliRunner().invoke(stores.db_init)
    assert result.exit_code == 1
    assert result.stderr == "Error: SQLite is not ready: the file is in use. Stop that process.\n"
