"""A server that starts anew when the code changes."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

INTERVAL = 0.3
STOP_TIMEOUT = 5.0

Snapshot = dict[Path, int]


class Reloader:
    """Runs a command, and again after each change of a Python file under `watched`.

    The command gets one more argument: the descriptor of a pipe that closes when this process
    dies, however it does. SIGINT and SIGTERM end both.
    """

    def __init__(self, command: Sequence[str], watched: Iterable[Path]) -> None:
        self._command = command
        self._watched = tuple(watched)
        self._seen: Snapshot = {}
        self._asked_to_stop = False

    def run(self) -> int:
        """Run until asked to stop, or until the first start ends by itself; gives the status.

        Code that fails after a change is left alone until the next one, which may mend it.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        status = self._run_until_change()
        while status is None:
            click.echo("Code changed: starting anew.", err=True)
            status = self._run_until_change()
            if status:
                click.echo("It failed: waiting for the next change.", err=True)
                status = self._wait_for_change()
        return status

    def _run_until_change(self) -> int | None:
        """Give the status that the command ended with, None where a change ended it."""
        self._seen = self._snapshot()
        reader, writer = os.pipe()
        command = [*self._command, str(reader)]
        # The command is this project's own.
        with subprocess.Popen(command, pass_fds=[reader]) as process:  # noqa: S603
            os.close(reader)
            while process.poll() is None and self._goes_on():
                time.sleep(INTERVAL)
            status = process.returncode
            _end(process)
        os.close(writer)
        return 0 if self._asked_to_stop else status

    def _wait_for_change(self) -> int | None:
        while self._goes_on():
            time.sleep(INTERVAL)
        return 0 if self._asked_to_stop else None

    def _goes_on(self) -> bool:
        return not self._asked_to_stop and self._snapshot() == self._seen

    def _stop(self, *_: object) -> None:
        # No more than this is safe wherever the signal finds the process.
        self._asked_to_stop = True

    def _snapshot(self) -> Snapshot:
        return dict(_times(self._watched))


def _times(watched: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    for place in watched:
        for file in place.rglob("*.py") if place.is_dir() else [place]:
            try:
                yield file, file.stat().st_mtime_ns
            except FileNotFoundError:
                continue  # An editor replaces files, and this may look in between.


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
