import asyncio
import sys
from pathlib import Path

import pytest

from domain.accounts.entities import Account
from domain.permissions import Role
from service import wiring
from service.cli.first_administrator import tell_of_first_administrator
from service.settings import Settings, load_settings
from tests.contracts.test_accounts import make_account


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"FLASK_SQLITE_PATH": str(tmp_path / "it.sqlite3")}, None)


@pytest.fixture(autouse=True)
def _typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/flask", "run"])


def add(settings: Settings, account: Account) -> None:
    wired = wiring.wire(settings)

    async def add() -> None:
        async with wired.opened():
            await wired.adapters.unit_of_work.run(lambda stores: stores.accounts.add(account))

    asyncio.run(add())


def test_the_first_administrator_is_told_how_to_make_until_there_is_one(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    add(settings, make_account(role=Role.EDITOR))
    add(settings, make_account(role=Role.ADMIN, verified_at=None))
    capsys.readouterr()

    tell_of_first_administrator(settings)
    told = capsys.readouterr()

    assert told.out == ""
    assert "There is no administrator yet." in told.err
    assert "    .venv/bin/flask create-superuser\n" in told.err

    add(settings, make_account(role=Role.ADMIN))
    tell_of_first_administrator(settings)

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "address",
    [
        {"FLASK_MYSQL_URI": "mysql://app:hunter2@192.0.2.1/imflask"},
        {"FLASK_REDIS_URI": "redis://192.0.2.1"},
        {"FLASK_MONGO_URI": "mongodb://192.0.2.1", "FLASK_MONGO_DB_NAME": "imflask"},
    ],
)
def test_servers_are_not_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: dict[str, str]
) -> None:
    path = tmp_path / "it.sqlite3"

    tell_of_first_administrator(load_settings({"FLASK_SQLITE_PATH": str(path), **address}, None))

    assert capsys.readouterr().err == ""
    assert not path.exists()


def test_a_file_that_can_not_be_used_is_left_to_the_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_of_first_administrator(load_settings({"FLASK_SQLITE_PATH": str(tmp_path)}, None))

    assert capsys.readouterr().err == ""


def test_a_module_that_was_run_is_no_command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/flask/__main__.py", "run"])

    tell_of_first_administrator(settings)

    assert "    flask create-superuser\n" in capsys.readouterr().err
