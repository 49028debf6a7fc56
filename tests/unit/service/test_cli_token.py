"""`flask token`."""

import json
from typing import get_args

import pytest
from click.testing import CliRunner

from domain.permissions import Role
from service.cli.token import token
from service.settings import load_settings
from service.settings.model import TokenAlgorithm
from service.wiring.tokens import development_tokens


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_SKIP_DOTENV", "1")


@pytest.mark.parametrize("profile", ["development", "testing"])
@pytest.mark.parametrize("role", Role)
def test_it_prints_a_token_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, profile: str, role: Role
) -> None:
    monkeypatch.setenv("FLASK_CONFIG", profile)

    outcome = CliRunner().invoke(token, ["issue", "--role", role.value])

    assert (outcome.exit_code, outcome.stderr) == (0, "")
    tokens = development_tokens(load_settings({"FLASK_CONFIG": profile}, dotenv=None))
    assert tokens is not None
    assert tokens.read(outcome.stdout.removesuffix("\n")) is role


def test_production_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_CONFIG", "production")
    monkeypatch.setenv("FLASK_SECRET_KEY", "q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe")
    monkeypatch.setenv("FLASK_ALLOWED_HOSTS", "api.example.org")
    monkeypatch.setenv("FLASK_ALLOW_EMBEDDED", "1")

    outcome = CliRunner().invoke(token, ["issue", "--role", "admin"])

    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert "Production takes no such tokens" in outcome.stderr


@pytest.mark.parametrize("arguments", [[], ["--role", "superuser"]])
def test_a_role_has_to_be_said(arguments: list[str]) -> None:
    outcome = CliRunner().invoke(token, ["issue", *arguments])

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert "reader" in outcome.stderr


@pytest.mark.parametrize("algorithm", get_args(TokenAlgorithm))
def test_a_new_key_is_one_that_the_settings_take(algorithm: str) -> None:
    outcome = CliRunner().invoke(token, ["key", "--algorithm", algorithm])

    assert outcome.exit_code == 0
    environ = {
        "FLASK_ACCESS_TOKEN_ALGORITHM": algorithm,
        "FLASK_ACCESS_TOKEN_KEYS": outcome.stdout.strip(),
    }
    settings = load_settings(environ, dotenv=None)
    assert settings.access_token_algorithm == algorithm
    assert len(json.loads(outcome.stdout)["keys"]) == 1


def test_each_key_is_new() -> None:
    keys = [CliRunner().invoke(token, ["key", "--algorithm", "EdDSA"]).stdout for _ in range(2)]

    assert keys[0] != keys[1]
