import json
import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from service.cli.config import config, settings_or_exit

KEY = "q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("FLASK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, **environ: str) -> Result:
    return CliRunner(env=environ).invoke(config, arguments)


def rows(result: Result) -> dict[str, list[str]]:
    assert result.exit_code == 0, result.stderr
    return {line.split()[0]: line.split(maxsplit=2)[1:] for line in result.stdout.splitlines()}


def test_the_table_shows_value_and_origin() -> None:
    Path(".env").write_text("FLASK_CACHE_TTL=7\n", encoding="utf-8")
    shown = rows(run(FLASK_DEBUG="1"))
    assert shown["NAME"] == ["VALUE", "ORIGIN"]
    assert shown["FLASK_DEBUG"] == ["true", "environment"]
    assert shown["FLASK_CACHE_TTL"] == ["7", ".env"]
    assert shown["FLASK_POOL_TIMEOUT"] == ["2.0", "default of development"]


def test_the_columns_are_aligned() -> None:
    lines = run(FLASK_MONGO_URI="mongodb://a-rather-long-name-of-a-host/books").stdout.splitlines()
    assert len({line.index("default of") for line in lines if "default of" in line}) == 1


@pytest.mark.parametrize(
    "name,value,shown",
    [
        ("FLASK_SECRET_KEY", KEY, "****"),
        ("FLASK_MYSQL_URI", "mysql://app:hunter2@db/imflask", "mysql://app:****@db:3306/imflask"),
        ("FLASK_MONGO_URI", "mongodb://app:hunter2@a,b/x", "mongodb://app:****@a,b/x"),
        ("FLASK_MONGO_URI", "mongodb://a/x?tls=true", "mongodb://a/x?tls=true"),
        (
            "FLASK_MONGO_URI",
            "mongodb://a/x?tls=true&tlsCertificateKeyFilePassword=hunter2&w=1",
            "mongodb://a/x?tls=true&tlsCertificateKeyFilePassword=****&w=1",
        ),
        ("FLASK_REDIS_URI", "rediss://:hunter2@cache", "rediss://:****@cache"),
        ("FLASK_REDIS_URI", "redis://cache?password=hunter2", "redis://cache?password=****"),
    ],
)
def test_secrets_are_masked(name: str, value: str, shown: str) -> None:
    for arguments in ((), ("--json",)):
        output = run(*arguments, **{name: value}).stdout
        assert shown in output
        assert "hunter2" not in output
        assert KEY not in output


def test_json_keeps_numbers_flags_and_nothing() -> None:
    settings = json.loads(run("--json", FLASK_CONFIG="testing").stdout)
    assert settings["FLASK_CONFIG"] == {"value": "testing", "origin": "environment"}
    assert settings["FLASK_MYSQL_URI"] == {"value": None, "origin": "default of testing"}
    assert settings["FLASK_DEBUG"]["value"] is False
    assert settings["FLASK_CACHE_TTL"]["value"] == 60


def test_bad_settings_end_it_with_their_problems_and_no_traceback() -> None:
    result = run(FLASK_CACHE_TTL="0", FLASK_TYPO="x")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "Error: The settings are wrong:",
        "  FLASK_CACHE_TTL is '0'; expected seconds that an entry is cached, 1 to 3600",
        "  FLASK_TYPO is not a setting; .env.example lists the settings",
    ]


def test_other_commands_get_settings_or_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_or_exit().profile == "development"
    monkeypatch.setenv("FLASK_CONFIG", "prod")
    with pytest.raises(click.ClickException, match="FLASK_CONFIG is 'prod'") as caught:
        settings_or_exit()
    assert caught.value.exit_code == 1
