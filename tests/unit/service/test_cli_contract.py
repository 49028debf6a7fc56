"""`flask openapi`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from openapi_spec_validator import validate

from service.cli.contract import openapi


def test_it_prints_the_document() -> None:
    outcome = CliRunner().invoke(openapi)

    assert outcome.exit_code == 0
    validate(json.loads(outcome.stdout))


def test_it_writes_the_document_whatever_the_settings_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_CONFIG", "production")
    file = tmp_path / "openapi.json"

    outcome = CliRunner().invoke(openapi, ["--output", str(file)])

    assert (outcome.exit_code, outcome.stdout) == (0, "")
    assert file.read_text("utf-8") == CliRunner().invoke(openapi).stdout


def test_a_file_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(openapi, ["--output", str(tmp_path / "missing" / "openapi.json")])

    assert outcome.exit_code == 1
    assert "openapi.json" in outcome.stderr
    assert "Traceback" not in outcome.stderr
