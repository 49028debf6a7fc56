import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.cli import reloading
from service.cli.reloading import Reloader

STAYS = "import time; print('up', file=open('told', 'a')); time.sleep(60)\n"
FAILS = "print('failing', file=open('told', 'a')); raise SystemExit(5)\n"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + STAYS


@pytest.fixture(autouse=True)
def short_times(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(reloading, "INTERVAL", 0.02)
    monkeypatch.setattr(reloading, "STOP_TIMEOUT", 0.2)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """The program that runs, in a folder that is watched."""
    (tmp_path / "code" / "inner").mkdir(parents=True)
    return tmp_path / "code" / "inner" / "program.py"


def told() -> list[str]:
    return Path("told").read_text().split() if Path("told").exists() else []


def wait_until_told(*lines: str) -> None:
    deadline = time.monotonic() + 20
    while told() != list(lines) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert told() == list(lines)


def run(code: Path, meanwhile: Callable[[], None], number: int = signal.SIGTERM) -> int:
    """Run the program under a reloader until `meanwhile` is through; gives the status."""
    failed: list[AssertionError] = []

    def act() -> None:
        try:
            meanwhile()
        except AssertionError as error:
            failed.append(error)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=act)
    thread.start()
    status = Reloader([sys.executable, str(code)], [code.parents[1], code.parent / "gone"]).run()
    thread.join()
    assert failed == []
    return status


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(code: Path, number: int) -> None:
    code.write_text(STAYS)
    assert run(code, lambda: wait_until_told("up"), number) == 0


def test_a_program_that_does_not_end_is_ended(code: Path) -> None:
    code.write_text(STUBBORN)
    assert run(code, lambda: wait_until_told("up")) == 0


def test_a_change_starts_it_anew_and_a_failure_waits_for_the_next(
    code: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def meanwhile() -> None:
        wait_until_told("up")
        code.write_text(FAILS)
        wait_until_told("up", "failing")
        time.sleep(0.2)
        wait_until_told("up", "failing")
        code.write_text(STAYS)
        wait_until_told("up", "failing", "up")
        (code.parent / "new.py").touch()
        wait_until_told("up", "failing", "up", "up")

    code.write_text(STAYS)
    assert run(code, meanwhile) == 0
    assert capsys.readouterr().err.splitlines() == [
        "Code changed: starting anew.",
        "It failed: waiting for the next change.",
        "Code changed: starting anew.",
        "Code changed: starting anew.",
    ]


def test_a_signal_ends_the_wait_for_a_change(code: Path) -> None:
    def meanwhile() -> None:
        wait_until_told("up")
        code.write_text(FAILS)
        wait_until_told("up", "failing")
        time.sleep(0.1)

    code.write_text(STAYS)
    assert run(code, meanwhile) == 0


def test_a_first_start_that_fails_ends_it(code: Path) -> None:
    code.write_text(FAILS)
    assert Reloader([sys.executable, str(code)], [code]).run() == 5
    assert told() == ["failing"]
