"""What docs/debugging.md promises: breakpoints, py-spy and coverage work as in any program."""

import json
import os
import pty
import select
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.polling import until
from tests.integration.serving import ROOT, get, hypercorn

STOPPING_APP = """
import asyncio, math
from asgiref.sync import async_to_sync
from flask import Flask, request
from service.asgi import FlaskToAsgi

flask_app = Flask(__name__)
app = FlaskToAsgi(flask_app, deadline=math.inf, slow_callback=0.1)

async def use_case():
    await asyncio.sleep(0)
    before = request.path
    breakpoint()
    await asyncio.sleep(0.1)
    crossed = before + " crossed"
    return crossed

@flask_app.get("/async")
async def view():
    before = request.path
    breakpoint()
    await asyncio.sleep(0.1)
    crossed = before + " crossed"
    return crossed

@flask_app.get("/sync")
def sync_view():
    before = request.path
    breakpoint()
    crossed = before + " crossed"
    return crossed

@flask_app.get("/async/use-case")
async def view_of_use_case():
    await asyncio.sleep(0)
    return await use_case()

@flask_app.get("/sync/use-case")
def sync_view_of_use_case():
    return async_to_sync(use_case)()
"""

PROMPT = "(Pdb) "


class Terminal:
    """The developer's end of a pseudo-terminal."""

    def __init__(self) -> None:
        self._end, self.of_server = pty.openpty()
        self._shown = ""

    def close(self) -> None:
        os.close(self._end)
        os.close(self.of_server)

    def waits_for_command(self) -> str:
        """Return what is shown up to the debugger's next prompt."""
        while PROMPT not in self._shown:
            ready, _, _ = select.select([self._end], [], [], 10)
            assert ready, f"There is no prompt behind {self._shown!r}"
            self._shown += os.read(self._end, 65536).decode()
        shown, self._shown = self._shown.split(PROMPT, 1)
        return shown

    def types(self, command: str) -> None:
        os.write(self._end, f"{command}\n".encode())

    def answers(self, command: str) -> str:
        """Return what the debugger shows at a command, without the command itself."""
        self.types(command)
        return self.waits_for_command().split("\n", 1)[1]


@pytest.fixture(scope="module")
def terminal() -> Iterator[Terminal]:
    with pytest.MonkeyPatch.context() as environment:
        # Else it would be told how to draw what it is to show.
        environment.setenv("TERM", "dumb")
        environment.setenv("NO_COLOR", "1")
        terminal = Terminal()
        yield terminal
        terminal.close()


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def stopping(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, terminal: Terminal
) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("served")
    with hypercorn(folder, STOPPING_APP, request.param, terminal.of_server) as port:
        yield port


@contextmanager
def request_in_background(port: int, path: str) -> Iterator[list[bytes]]:
    """Send a request; give a list that has its answer in the end."""
    answers: list[bytes] = []
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(get, port, path)
        yield answers
        answers.append(asking.result())


@pytest.mark.parametrize(
    "path,calls",
    [
        ("/async", ["view"]),
        ("/sync", ["sync_view"]),
        ("/async/use-case", ["view_of_use_case", "use_case"]),
        ("/sync/use-case", ["use_case"]),
    ],
)
def test_a_breakpoint_stops_the_request_and_steps_over_what_it_awaits(
    stopping: int, terminal: Terminal, path: str, calls: list[str]
) -> None:
    with request_in_background(stopping, path) as answers:
        terminal.waits_for_command()
        assert terminal.answers("p request.path, before").strip() == str((path, path))
        where = terminal.answers("where")
        assert [call for call in calls if f"{call}()" in where] == calls
        shown = ""
        for _ in range(4):
            if "return crossed" in shown:
                break
            shown = terminal.answers("next")
        assert terminal.answers("p crossed").strip() == repr(f"{path} crossed")
        terminal.types("continue")
    assert answers[0].endswith(f"{path} crossed".encode())


BUSY_APP = """
import os
from pathlib import Path
from flask import Flask
from service.asgi import FlaskToAsgi

flask_app = Flask(__name__)
app = FlaskToAsgi(flask_app)

def work():
    Path("begun").touch()
    while not Path("ended").exists():
        pass

@flask_app.get("/pid")
async def pid():
    return str(os.getpid())

@flask_app.get("/async")
async def view():
    work()
    return "done"

@flask_app.get("/sync")
def sync_view():
    work()
    return "done"
"""


def spied(pid: str) -> "subprocess.CompletedProcess[str]":
    """Give what py-spy shows. On a busy machine it may not find the interpreter at once."""
    command = [Path(sys.executable).with_name("py-spy"), "dump", "--pid", pid]
    for _ in range(5):
        dump = subprocess.run(command, capture_output=True, text=True, check=False)
        if dump.returncode == 0:
            break
    return dump


@pytest.mark.parametrize(
    "path,line", [("/async", "view (served.py:21)"), ("/sync", "sync_view (served.py:26)")]
)
def test_py_spy_shows_the_line_of_a_view_that_is_busy(tmp_path: Path, path: str, line: str) -> None:
    with hypercorn(tmp_path, BUSY_APP) as port:
        pid = get(port, "/pid").split()[-1].decode()
        with request_in_background(port, path) as answers:
            until((tmp_path / "begun").exists, "the view has begun")
            dump = spied(pid)
            (tmp_path / "ended").touch()
        assert answers[0].endswith(b"done")
    if dump.returncode and os.geteuid() != 0:
        pytest.skip(f"py-spy may look at other processes as root: {dump.stderr}")
    assert dump.returncode == 0, dump.stderr
    assert line in dump.stdout


COVERED_APP = """
import asyncio
from flask import Flask

flask_app = Flask(__name__)

def sync_helper():
    before = flask_app.async_to_sync(asyncio.sleep)(0.01, "after")
    if before != "after":
        missed = "in the helper"
    return before

async def use_case():
    await asyncio.sleep(0.01)
    after = sync_helper()
    return after

@flask_app.get("/async")
async def view():
    before = await use_case()
    if before != "after":
        missed = "in the async view"
    after = sync_helper()
    return after

@flask_app.get("/sync")
def sync_view():
    before = sync_helper()
    if before != "after":
        missed = "in the sync view"
    return before
"""

COVERED_RUN = """
import asyncio
from covered import flask_app
from service.asgi import FlaskToAsgi
from tests.unit.service.asgi.client import exchange

async def main():
    bridge = FlaskToAsgi(flask_app)
    paths = ["/async", "/sync"] * 3
    answers = await asyncio.gather(*(exchange(bridge, path=path) for path in paths))
    assert {answer.body for answer in answers} == {b"after"}

asyncio.run(main())
"""


def test_coverage_counts_the_lines_after_an_await(tmp_path: Path) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]["run"]
    (tmp_path / "covered.py").write_text(COVERED_APP)
    (tmp_path / "run.py").write_text(COVERED_RUN)
    concurrency = ",".join(settings["concurrency"])

    def coverage(*arguments: str) -> None:
        command = [sys.executable, "-m", "coverage", *arguments]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)

    coverage("run", f"--concurrency={concurrency}", "--include=covered.py", "run.py")
    coverage("json", "-o", "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    lines = COVERED_APP.splitlines()
    missing = [
        lines[number - 1].strip() for number in report["files"]["covered.py"]["missing_lines"]
    ]
    assert missing == [
        f'missed = "in the {place}"' for place in ("helper", "async view", "sync view")
    ]


DEADLINE = "import asgi; print(asgi.bridge._http.views._on_loop.deadline)"


@pytest.mark.parametrize("profile,deadline", [("development", "inf"), ("testing", "30")])
def test_no_deadline_ends_a_breakpoint_in_development(
    tmp_path: Path, profile: str, deadline: str
) -> None:
    told = {name: value for name, value in os.environ.items() if not name.startswith("FLASK_")}
    environment = told | {"FLASK_CONFIG": profile, "PYTHONPATH": str(ROOT)}
    printed = subprocess.check_output(
        [sys.executable, "-c", DEADLINE], cwd=tmp_path, env=environment, text=True
    )
    assert printed == f"{deadline}\n"
