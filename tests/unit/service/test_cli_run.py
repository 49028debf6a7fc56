import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask.cli import FlaskGroup
from hypercorn.config import Config

from service.cli import run, serving
from service.settings import load_settings


class Started:
    """What was started, in place of a server or a reloader."""

    def __init__(self) -> None:
        self.served: list[tuple[str, int, bool]] = []
        self.commands: list[Sequence[str]] = []

    def serve(self, host: str, port: int, *, access_log: bool) -> None:
        self.served.append((host, port, access_log))

    def reloader(self, command: Sequence[str], watched: Sequence[Path]) -> "Started":
        assert all(place.exists() for place in watched)
        self.commands.append(command)
        return self

    def run(self) -> int:
        return 3


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    started = Started()
    monkeypatch.setattr(run, "serve", started.serve)
    monkeypatch.setattr(run, "Reloader", started.reloader)
    return started


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    environ = {"FLASK_SQLITE_PATH": str(tmp_path / "it.sqlite3")}
    monkeypatch.setattr(run, "settings_or_exit", lambda: load_settings(environ, None))
    return environ


def flask_run(*arguments: str, **variables: str) -> Result:
    return CliRunner(env=variables).invoke(
        FlaskGroup(load_dotenv=False), ["run", *arguments], env=variables
    )


@pytest.mark.usefixtures("environ")
def test_development_reloads_a_server_that_does_not(started: Started) -> None:
    assert flask_run("--port", "8123").exit_code == 3
    assert started.served == []
    [command] = started.commands
    assert command[:5] == [sys.executable, "-m", "flask", "run", "--no-reload"]
    assert command[5:] == ["--host", "127.0.0.1", "--port", "8123", "--lifeline"]


@pytest.mark.usefixtures("environ", "started")
@pytest.mark.parametrize("arguments", [[], ["--no-reload"]])
def test_development_is_told_how_to_make_the_first_administrator(
    monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str]
) -> None:
    monkeypatch.setattr(run, "end_with", lambda _lifeline: None)

    assert flask_run(*arguments).stderr.count("There is no administrator yet.") == 1
    assert "administrator" not in flask_run(*arguments, "--lifeline", "0").stderr


@pytest.mark.usefixtures("environ")
def test_development_without_reload_logs_requests(started: Started) -> None:
    assert flask_run("--no-reload").exit_code == 0
    assert started.served == [("127.0.0.1", 8000, True)]


def test_other_profiles_do_not_reload(started: Started, environ: dict[str, str]) -> None:
    environ.clear()
    environ["FLASK_CONFIG"] = "testing"
    assert flask_run("--host", "::1").exit_code == 0
    assert started.served == [("::1", 8000, False)]
    assert flask_run("--reload").exit_code == 3


@pytest.mark.usefixtures("environ")
def test_flask_variables_count(started: Started) -> None:
    flask_run(FLASK_RUN_PORT="8765", FLASK_RUN_HOST="0.0.0.0", FLASK_RUN_RELOAD="0")
    assert started.served == [("0.0.0.0", 8765, True)]


@pytest.fixture
def hypercorn(monkeypatch: pytest.MonkeyPatch) -> list[Config]:
    """The configurations that Hypercorn was run with."""
    configurations: list[Config] = []
    monkeypatch.setattr(serving, "run", configurations.append)
    return configurations


def test_hypercorn_serves_in_this_process_and_does_not_say_its_name(
    hypercorn: list[Config],
) -> None:
    serving.serve("::1", 8123, access_log=True)
    [config] = hypercorn
    assert (config.application_path, config.bind) == ("asgi:app", ["::1:8123"])
    assert (config.workers, config.accesslog) == (0, "-")
    assert [name for name, _ in config.response_headers("h11")] == [b"date"]


def test_production_has_no_access_log(hypercorn: list[Config]) -> None:
    serving.serve("127.0.0.1", 8000, access_log=False)
    assert hypercorn[0].accesslog is None


def test_an_address_that_cannot_be_had_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_config: Config) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(serving, "run", refuse)
    with pytest.raises(click.ClickException, match=r"127.0.0.1:8000: .*Address already in use"):
        serving.serve("127.0.0.1", 8000, access_log=False)


@pytest.mark.usefixtures("environ")
def test_a_server_under_a_reloader_ends_with_it(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifelines: list[int] = []
    monkeypatch.setattr(run, "end_with", lifelines.append)
    assert flask_run("--no-reload", "--lifeline", "7").exit_code == 0
    assert lifelines == [7]
    assert len(started.served) == 1


def test_a_closed_lifeline_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(os, "_exit", lambda _status: ended.set())
    reader, writer = os.pipe()
    serving.end_with(reader)
    assert not ended.wait(0.05)
    os.close(writer)
    assert ended.wait(10)
    os.close(reader)
