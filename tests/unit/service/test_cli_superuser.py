import asyncio
import json

import pytest
from click.testing import CliRunner, Result

from domain.accounts.entities import Account
from domain.permissions import Role
from service import wiring
from service.cli.accounts import accounts
from service.cli.superuser import create_superuser
from service.settings import load_settings
from tests.contracts.test_accounts import NOW, make_account

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def wired(monkeypatch: pytest.MonkeyPatch) -> wiring.Wiring:
    monkeypatch.setenv("FLASK_CONFIG", "testing")
    wired = wiring.wire(load_settings({"FLASK_CONFIG": "testing"}, None))
    monkeypatch.setattr(wiring, "wire", lambda _settings: wired)
    return wired


def create(*arguments: str, typed: str) -> Result:
    return CliRunner().invoke(create_superuser, arguments, input=typed)


def add(wired: wiring.Wiring, account: Account) -> None:
    asyncio.run(wired.adapters.unit_of_work.run(lambda stores: stores.accounts.add(account)))


def listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        CliRunner().invoke(accounts, ["list", "--json"]).stdout
    )
    return found


def has_password(wired: wiring.Wiring, email: str, password: str) -> bool:
    async def verify() -> bool:
        unit_of_work = wired.adapters.unit_of_work
        account = await unit_of_work.read(lambda stores: stores.accounts.find(email))
        assert account is not None
        hashed = await unit_of_work.read(lambda stores: stores.passwords.get(account.id))
        return await wired.use_cases.superusers._hasher.verify(password, hashed)

    return asyncio.run(verify())


def test_address_and_password_are_asked_for(wired: wiring.Wiring) -> None:
    result = create(typed=f"ann@example.org\n{PASSWORD}\n{PASSWORD}\n")

    assert result.exit_code == 0
    assert "ann@example.org is an administrator now, and can sign in.\n" in result.stdout
    assert PASSWORD not in result.output
    (account,) = listed()
    assert (account["email"], account["role"]) == ("ann@example.org", "admin")
    assert account["state"] == "active"
    assert has_password(wired, "ann@example.org", PASSWORD)


@pytest.mark.parametrize("end", ["\n", "\r\n", "", "\nanother line"])
def test_a_script_hands_the_password_over(wired: wiring.Wiring, end: str) -> None:
    arguments = ["--email", "ann@example.org", "--password-stdin"]

    result = create(*arguments, typed=f" {PASSWORD} {end}")

    assert (result.exit_code, result.stderr) == (0, "")
    assert has_password(wired, "ann@example.org", f" {PASSWORD} ")


def test_it_may_be_repeated_and_sets_no_other_password(wired: wiring.Wiring) -> None:
    arguments = ["--email", "ann@example.org", "--password-stdin"]
    create(*arguments, typed=PASSWORD)

    again = create("--email", "ANN@example.org", "--password-stdin", typed="another password")

    assert again.exit_code == 0
    assert again.stdout == "ann@example.org is an administrator already; nothing was changed.\n"
    assert len(listed()) == 1
    assert has_password(wired, "ann@example.org", PASSWORD)


def test_there_may_be_another_one() -> None:
    for name in ("ann", "bob"):
        create("--email", f"{name}@example.org", "--password-stdin", typed=PASSWORD)

    assert [it["role"] for it in listed()] == ["admin", "admin"]


@pytest.mark.parametrize(
    "account,remedy",
    [
        (make_account(email="eve@example.org"), "accounts role eve@example.org admin"),
        (
            make_account(email="eve@example.org", role=Role.ADMIN, disabled_at=NOW),
            "accounts enable eve@example.org",
        ),
    ],
)
def test_nobody_else_is_made_one_and_what_to_do_is_told(
    wired: wiring.Wiring, account: Account, remedy: str
) -> None:
    add(wired, account)
    before = listed()

    result = create("--email", "eve@example.org", "--password-stdin", typed=PASSWORD)

    assert result.exit_code == 1
    assert f"run `flask {remedy}`" in result.stderr
    assert listed() == before


@pytest.mark.parametrize(
    "email,password,fault",
    [
        ("ann", PASSWORD, "email: must be an address"),
        ("ann@example.org", "short", "password: must have 8 to 128 characters"),
        ("ann@example.org", "", "password: must have 8 to 128 characters"),
        ("ann@example.org", "password1234", "password: must be none of those"),
        ("ann@example.org", "ann@example.org", "password: must be neither the address"),
    ],
)
def test_what_breaks_a_rule_is_one_line(email: str, password: str, fault: str) -> None:
    result = create("--email", email, "--password-stdin", typed=password)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {fault}")
    assert result.stderr.count("\n") == 1
    assert listed() == []


def test_no_password_is_asked_for_with_an_address_that_is_none() -> None:
    result = create(typed="ann\n")

    assert result.exit_code == 1
    assert "Password" not in result.output


def test_a_password_is_never_an_argument() -> None:
    assert create("--email", "ann@example.org", "--password", PASSWORD, typed="").exit_code == 2
