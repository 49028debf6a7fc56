import asyncio
import json
from collections.abc import Sequence
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from adapters.memory.unit_of_work import MemoryStores
from domain.accounts.entities import Account
from domain.errors import StoreNotReady
from domain.events import Event
from domain.permissions import Role
from service import wiring
from service.cli.accounts import accounts
from service.settings import load_settings
from tests.contracts.test_accounts import NOW, make_account
from tests.contracts.test_second_factors import passkey_of
from tests.contracts.test_sessions import make_session

ANN = make_account(role=Role.ADMIN, email="ann@example.org", name="Ann", created_at=NOW)
BOB = make_account(email="bob@example.org", disabled_at=NOW)
EVE = make_account(email="eve@example.org", verified_at=None)


@pytest.fixture(autouse=True)
def wired(monkeypatch: pytest.MonkeyPatch) -> wiring.Wiring:
    wired = wiring.wire(load_settings({"FLASK_CONFIG": "testing"}, None))
    monkeypatch.setattr(wiring, "wire", lambda _settings: wired)

    async def fill(stores: MemoryStores) -> None:
        for account in (ANN, BOB, EVE):
            await stores.accounts.add(account)

    asyncio.run(wired.adapters.unit_of_work.run(fill))
    return wired


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_CONFIG", "testing")


def flask_accounts(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(accounts, arguments, input=typed)


def kept(wired: wiring.Wiring, account: Account) -> Account | None:
    return asyncio.run(
        wired.adapters.unit_of_work.read(lambda stores: stores.accounts.get(account.id))
    )


def told(wired: wiring.Wiring) -> list[Event]:
    at_last = NOW.replace(year=9999)
    return asyncio.run(
        wired.adapters.unit_of_work.read(
            lambda stores: stores.copy().pending_events.claim(UUID(int=0), at_last, at_last, 99)
        )
    )


def test_accounts_are_listed_in_a_table() -> None:
    result = flask_accounts("list")

    assert result.exit_code == 0
    headings, *rows = (line.split() for line in result.stdout.splitlines())
    assert headings == ["ID", "ADDRESS", "NAME", "ROLE", "STATE"]
    assert rows == [
        [str(ANN.id), "ann@example.org", "Ann", "admin", "active"],
        [str(BOB.id), "bob@example.org", "-", "reader", "disabled"],
        [str(EVE.id), "eve@example.org", "-", "reader", "unverified"],
    ]


@pytest.mark.parametrize(
    "arguments,found",
    [
        ([], ["ann", "bob", "eve"]),
        (["--limit", "2"], ["ann", "bob"]),
        (["--search", "bo"], ["bob"]),
        (["--role", "admin"], ["ann"]),
        (["--disabled"], ["bob"]),
        (["--enabled", "--role", "reader"], ["eve"]),
        (["--search", "nobody"], []),
    ],
)
def test_accounts_are_listed_as_asked(arguments: Sequence[str], found: list[str]) -> None:
    result = flask_accounts("list", "--json", *arguments)

    assert result.exit_code == 0
    assert [it["email"] for it in json.loads(result.stdout)] == [
        f"{it}@example.org" for it in found
    ]


def test_a_long_list_is_read_page_by_page(wired: wiring.Wiring) -> None:
    async def fill(stores: MemoryStores) -> None:
        for _ in range(250):
            await stores.accounts.add(make_account())

    asyncio.run(wired.adapters.unit_of_work.run(fill))

    assert len(json.loads(flask_accounts("list", "--json").stdout)) == 100
    listed = json.loads(flask_accounts("list", "--json", "--limit", "10000").stdout)
    assert len({it["id"] for it in listed}) == 253


@pytest.mark.parametrize(
    "who", ["bob@example.org", "BOB@Example.org", pytest.param(str(BOB.id), id="id")]
)
def test_an_account_is_shown_by_its_address_or_id(who: str) -> None:
    as_json = json.loads(flask_accounts("show", who, "--json").stdout)

    assert as_json == {
        "id": str(BOB.id),
        "email": "bob@example.org",
        "name": None,
        "role": "reader",
        "state": "disabled",
        "verifiedAt": NOW.isoformat(),
        "disabledAt": NOW.isoformat(),
        "createdAt": NOW.isoformat(),
        "updatedAt": NOW.isoformat(),
        "version": 1,
    }
    lines = flask_accounts("show", who).stdout.splitlines()
    assert [line.split(maxsplit=1)[0] for line in lines] == list(as_json)
    assert lines[2].split(maxsplit=1)[1] == "(not set)"


@pytest.mark.parametrize("who", ["nobody@example.org", "x", str(UUID(int=1))])
@pytest.mark.parametrize(
    "command", [["show"], ["disable"], ["enable"], ["delete", "--yes"], ["end-sessions"]]
)
def test_an_account_that_is_not_there_is_told(command: Sequence[str], who: str) -> None:
    result = flask_accounts(*command, who)

    assert result.exit_code == 1
    assert result.stderr == f"Error: There is no account {who}.\n"


def test_a_role_is_given_by_the_operator(wired: wiring.Wiring) -> None:
    result = flask_accounts("role", "eve@example.org", "editor")

    assert result.stdout == "eve@example.org is editor from the next request on.\n"
    changed = kept(wired, EVE)
    assert changed is not None
    assert (changed.role, changed.version) == (Role.EDITOR, 2)
    (event,) = told(wired)
    assert (event.kind, event.details["by"]) == ("account.role-changed", "operator")


def test_an_account_is_disabled_signed_out_and_enabled(wired: wiring.Wiring) -> None:
    live = make_session(EVE.id, expires_at=NOW.replace(year=9999))
    asyncio.run(wired.adapters.unit_of_work.run(lambda stores: stores.sessions.add(live)))

    disabled = flask_accounts("disable", "eve@example.org")
    again = flask_accounts("disable", "eve@example.org")
    ended = flask_accounts("end-sessions", "eve@example.org")
    enabled = flask_accounts("enable", "eve@example.org")

    assert disabled.stdout == again.stdout == "eve@example.org is disabled.\n"
    assert ended.stdout == "Ended 0 sessions.\n"
    assert enabled.stdout == "eve@example.org is enabled.\n"
    assert [event.kind for event in told(wired)] == ["account.disabled", "account.enabled"]


def test_an_account_is_deleted_when_asked_twice(wired: wiring.Wiring) -> None:
    refused = flask_accounts("delete", "eve@example.org", typed="n\n")
    assert refused.exit_code == 1
    assert kept(wired, EVE) == EVE

    assert flask_accounts("delete", "eve@example.org", typed="y\n").exit_code == 0
    assert flask_accounts("delete", "bob@example.org", "--yes").exit_code == 0
    assert kept(wired, EVE) is None
    assert kept(wired, BOB) is None


@pytest.mark.parametrize(
    "command", [["role", "ANN", "reader"], ["disable", "ANN"], ["delete", "--yes", "ANN"]]
)
def test_the_last_administrator_stays(wired: wiring.Wiring, command: Sequence[str]) -> None:
    result = flask_accounts(*(ANN.email if part == "ANN" else part for part in command))

    assert result.exit_code == 1
    assert "This is the last administrator who can sign in." in result.stderr
    assert kept(wired, ANN) == ANN


def test_a_role_that_there_is_not_is_a_slip_of_usage() -> None:
    assert flask_accounts("role", "eve@example.org", "owner").exit_code == 2
    assert flask_accounts("list", "--limit", "0").exit_code == 2


def test_a_search_without_words_is_one_line() -> None:
    result = flask_accounts("list", "--search", "-")

    assert result.exit_code == 1
    assert result.stderr == "Error: search: must have from 1 to 5 words\n"


def test_a_store_that_another_process_uses_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_use(_settings: object) -> wiring.Wiring:
        raise StoreNotReady("SQLite", "it is in use", "Stop that process.")

    monkeypatch.setattr(wiring, "wire", in_use)

    result = flask_accounts("list")

    assert result.exit_code == 1
    assert result.stderr == "Error: SQLite is not ready: it is in use. Stop that process.\n"


def test_second_factors_that_were_lost_are_removed(wired: wiring.Wiring) -> None:
    passkey = passkey_of(ANN.id)
    asyncio.run(wired.adapters.unit_of_work.run(lambda stores: stores.passkeys.add(passkey)))

    declined = flask_accounts("remove-factors", ANN.email, typed="n\n")
    removed = flask_accounts("remove-factors", ANN.email, "--yes")
    again = flask_accounts("remove-factors", ANN.email, "--yes")

    assert declined.exit_code == 1
    assert removed.stdout == "ann@example.org signs in without a second factor.\n"
    assert again.exit_code == 1
    assert "has no second factor" in again.stderr
    assert [event.kind for event in told(wired)] == ["factors.removed"]
