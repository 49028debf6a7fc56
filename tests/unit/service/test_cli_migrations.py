from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from domain.errors import InvalidValue, StoreUnavailable
from service import wiring
from service.cli import migrations
from service.settings import load_settings

PRODUCTION = {
    "FLASK_CONFIG": "production",
    "FLASK_ALLOW_EMBEDDED": "1",
    "FLASK_ALLOWED_HOSTS": "api.example.org",
    "FLASK_SECRET_KEY": "q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe",
}

Call = tuple[str, tuple[object, ...]]


class FakeMigrations:
    """Keeps what it is asked, and raises `error` where there is one."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> Callable[..., None]:
        def call(*arguments: object) -> None:
            if self.error:
                raise self.error
            self.calls.append((name, arguments))

        return call


@pytest.fixture
def environ() -> dict[str, str]:
    return {}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> FakeMigrations:
    fake = FakeMigrations()
    monkeypatch.setattr(migrations, "settings_or_exit", lambda: load_settings(environ, None))
    monkeypatch.setattr(wiring, "migrations", lambda _settings: fake)
    return fake


def flask_db(arguments: str) -> Result:
    return CliRunner().invoke(migrations.db, arguments.split(","))


@pytest.mark.parametrize(
    "arguments,call",
    [
        ("upgrade", ("upgrade", ("head",))),
        ("upgrade,0002", ("upgrade", ("0002",))),
        ("upgrade,+1", ("upgrade", ("+1",))),
        ("downgrade", ("downgrade", ("-1",))),
        ("downgrade,-12", ("downgrade", ("-12",))),
        ("downgrade,base,--yes", ("downgrade", ("base",))),
        ("current", ("current", ())),
        ("history", ("history", ())),
        ("heads", ("heads", ())),
        ("show,-1", ("show", ("-1",))),
        ("stamp,0001", ("stamp", ("0001",))),
        ("merge,0004,0005,-m,both", ("merge", (("0004", "0005"), "both"))),
        ("revision,-m,add books", ("revision", ("add books",))),
    ],
)
def test_a_command_asks_the_migrations(fake: FakeMigrations, arguments: str, call: Call) -> None:
    result = flask_db(arguments)
    assert (result.exit_code, result.output) == (0, "")
    assert fake.calls == [call]


@pytest.mark.parametrize("arguments", ["upgrade,", "show", "merge,-m,both", "revision"])
def test_what_is_missing_is_named(fake: FakeMigrations, arguments: str) -> None:
    result = flask_db(arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert fake.calls == []


@pytest.mark.parametrize(
    "error,line",
    [
        (InvalidValue("revision", "there is no 0009"), "Error: revision: there is no 0009\n"),
        (StoreUnavailable("MySQL", "refused"), "Error: MySQL is unavailable: refused\n"),
    ],
)
@pytest.mark.parametrize(
    "arguments",
    ["upgrade", "downgrade", "current", "history", "heads", "show,1", "stamp,1", "merge,1,-m,x"],
)
def test_an_error_is_one_line(
    fake: FakeMigrations, arguments: str, error: Exception, line: str
) -> None:
    fake.error = error
    result = flask_db(arguments)
    assert (result.exit_code, result.stderr) == (1, line)


def test_a_downgrade_in_production_needs_to_be_meant(
    fake: FakeMigrations, environ: dict[str, str]
) -> None:
    environ.update(PRODUCTION)
    result = flask_db("downgrade")
    assert result.exit_code == 1
    assert "in production it needs --yes" in result.stderr
    assert fake.calls == []
    assert flask_db("downgrade,--yes").exit_code == 0
    assert fake.calls == [("downgrade", ("-1",))]
