import io
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from domain.errors import StoreUnavailable
from service import wiring
from service.asgi import FlaskToAsgi, started
from service.cli import shell
from service.cli.console import AsyncConsole
from service.settings import load_settings


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings({"FLASK_CONFIG": "testing"}, None)
    monkeypatch.setattr(shell, "settings_or_exit", lambda: settings)


@pytest.fixture
def console() -> Iterator[AsyncConsole]:
    app = Flask("shown")
    FlaskToAsgi(app)
    with started(app) as loop:
        yield AsyncConsole({"answer": 42}, loop)


def flask_shell(program: str) -> Result:
    return CliRunner().invoke(shell.shell, input=program)


def test_a_program_awaits_use_cases() -> None:
    result = flask_shell("print(await catalogue.list_authors(PageRequest(limit=5)))")
    assert (result.exit_code, result.output) == (0, "Page(items=[], next_after=None)\n")


def test_a_program_has_all_names_and_the_application() -> None:
    result = flask_shell(
        "from flask import current_app\n"
        "assert current_app._get_current_object() is app\n"
        "assert use_cases.catalogue is catalogue\n"
        "assert use_cases.activity is activity\n"
        "assert use_cases.configuration is configuration\n"
        "print(settings.profile, __name__)\n"
    )
    assert (result.exit_code, result.output) == (0, "testing __console__\n")


def test_a_program_that_fails_shows_its_own_lines_alone() -> None:
    result = flask_shell("async def fail():\n    1 / 0\nawait fail()")
    assert result.exit_code == 1
    assert "console.py" not in result.stderr
    assert result.stderr.startswith(
        'Traceback (most recent call last):\n  File "<stdin>", line 3, in <module>\n'
    )
    assert result.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_a_program_that_is_none() -> None:
    result = flask_shell("def (")
    assert result.exit_code == 1
    assert "SyntaxError" in result.stderr


def test_a_program_chooses_its_status() -> None:
    assert flask_shell("raise SystemExit(3)").exit_code == 3


def test_a_store_that_is_away_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def opened(_wiring: wiring.Wiring) -> AsyncIterator[None]:
        raise StoreUnavailable("MySQL", "refused")
        yield

    monkeypatch.setattr(wiring.Wiring, "opened", opened)
    result = flask_shell("print('here')")
    assert (result.exit_code, result.output) == (
        1,
        "Error: MySQL is unavailable: refused. Start it, or correct FLASK_MYSQL_URI.\n",
    )


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_banner_and_prompts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read = iter(["answer = await configuration.current()", "answer.default_page_size"])
    asked: list[str] = []

    def raw_input(_console: AsyncConsole, prompt: str) -> str:
        asked.append(prompt)
        try:
            return next(read)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(AsyncConsole, "raw_input", raw_input)
    monkeypatch.setattr(sys, "stdin", Terminal())
    shell.shell.main([], standalone_mode=False)
    shown = capsys.readouterr()
    assert shown.out == "20\n"
    assert "await catalogue.list_authors(PageRequest(limit=5))\n" in shown.err
    assert len(asked) == 3


def test_an_error_ends_a_statement_not_the_console(
    console: AsyncConsole, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not console.push("1 / 0")
    assert not console.push("answer")
    shown = capsys.readouterr()
    assert shown.out == "42\n"
    assert shown.err == (
        "Traceback (most recent call last):\n"
        '  File "<console>", line 1, in <module>\n'
        "ZeroDivisionError: division by zero\n"
    )


def test_ctrl_c_ends_a_statement_not_the_console(
    console: AsyncConsole, capsys: pytest.CaptureFixture[str]
) -> None:
    # What a shell starts in the background ignores it, these tests too.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    console.push("import asyncio; before = len(asyncio.all_tasks())")
    threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()
    console.push("await asyncio.sleep(60)")
    console.push("len(asyncio.all_tasks()) - before")
    signal.signal(signal.SIGINT, handler)
    shown = capsys.readouterr()
    assert shown.err == "\nKeyboardInterrupt\n"
    assert shown.out == "0\n"


def test_exit_ends_the_console_not_the_loop(console: AsyncConsole) -> None:
    with pytest.raises(SystemExit) as stopped:
        console.push("raise SystemExit(4)")
    assert stopped.value.code == 4
    console.push("import asyncio; await asyncio.sleep(0)")


def test_tab_completes_names(console: AsyncConsole) -> None:
    readline = pytest.importorskip("readline")
    console.complete_with_tab()
    assert readline.get_completer()("answ", 0) == "answer"
