"""`flask run` as a process of its own: what serves, how it ends, and what it leaves."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.servers.host import is_free

FLASK_RUN = [sys.executable, "-m", "flask", "run", "--port", "0"]
MODES = pytest.mark.parametrize("mode", ["--reload", "--no-reload"])


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("FLASK_")}
    return {**given, "FLASK_SQLITE_PATH": str(tmp_path / "store.sqlite3")}


class Running:
    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self.log = log

    def url(self) -> str:
        """Wait for the address that it says it serves on."""
        return self.wait_for(r"Running on (\S+)")[1]

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait for a line of its log: a request is logged after its client has the answer."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := re.search(pattern, self.log.read_text()):
                return found
            time.sleep(0.05)
        pytest.fail(self.log.read_text())


@contextmanager
def running(mode: str, folder: Path, environ: dict[str, str]) -> Iterator[Running]:
    """Run the command in a process group of its own, as a shell does."""
    log = folder / "log"
    with (
        log.open("w") as file,
        subprocess.Popen(
            [*FLASK_RUN, mode],
            cwd=folder,
            env=environ,
            stdout=file,
            stderr=file,
            text=True,
            process_group=0,
        ) as process,
    ):
        try:
            yield Running(process, log)
        finally:
            process.kill()


def wait_until_free(url: str) -> None:
    port = urlsplit(url).port or 0
    deadline = time.monotonic() + 10
    while not is_free(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_free(port)


@MODES
def test_it_serves_without_saying_by_what(
    tmp_path: Path, environ: dict[str, str], mode: str
) -> None:
    with running(mode, tmp_path, environ) as server:
        answer = httpx.get(f"{server.url()}/v1/authors")
        server.wait_for('"GET /v1/authors 1.1" 200')
    assert answer.json() == {"items": [], "nextCursor": None}
    assert "server" not in answer.headers


@MODES
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("kill", [os.kill, os.killpg])
def test_a_signal_ends_it_well(
    tmp_path: Path,
    environ: dict[str, str],
    mode: str,
    number: int,
    kill: Callable[[int, int], None],
) -> None:
    with running(mode, tmp_path, environ) as server:
        url = server.url()
        kill(server.process.pid, number)
        assert server.process.wait(20) == 0
    wait_until_free(url)
    assert "Traceback" not in server.log.read_text()
    assert "Aborted" not in server.log.read_text()


@MODES
def test_no_process_is_left_when_it_is_killed(
    tmp_path: Path, environ: dict[str, str], mode: str
) -> None:
    with running(mode, tmp_path, environ) as server:
        url = server.url()
        server.process.kill()
        server.process.wait(20)
        wait_until_free(url)


@MODES
@pytest.mark.parametrize(
    "given,line",
    [
        ({"FLASK_CACHE_TTL": "never"}, "FLASK_CACHE_TTL is 'never'"),
        ({"FLASK_MYSQL_URI": "mysql://root@127.0.0.1:1/imflask"}, "MySQL is unavailable"),
    ],
)
def test_a_start_that_fails_says_why_and_no_more(
    tmp_path: Path, environ: dict[str, str], mode: str, given: dict[str, str], line: str
) -> None:
    with running(mode, tmp_path, environ | given) as server:
        assert server.process.wait(30) == 1
    assert line in server.log.read_text()
    assert "Traceback" not in server.log.read_text()
