"""The project under a real Hypercorn, in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.acceptance.polling import until
from tests.servers.host import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 60.0

# The production form; options that follow it count before it.
PRODUCTION = ("--config", "hypercorn.toml")

# All tests come from one address: they are counted like everybody, and never refused.
GENEROUS = {
    f"FLASK_RATE_LIMIT_{kind}": "600000/60"  # The highest rate that there is.
    for kind in ("READ", "WRITE", "BATCH")
}


class Hypercorn:
    """`hypercorn OPTIONS asgi:app` on a port that outlives its process.

    Of this process's environment it sees PATH and HOME only, and it reads no `.env`; its limits of
    requests in time are generous, where the settings don't say otherwise. A context
    manager: started on entry, stopped on exit. In between, a test stops, kills or pauses it and
    starts it again. Signals reach its workers too.
    """

    def __init__(self, directory: Path, settings: Mapping[str, str], *options: str) -> None:
        """Describe a server that logs into this folder; start nothing."""
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self._log = directory / f"hypercorn-{self.port}.log"
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "FLASK_SKIP_DOTENV": "1",
            **GENEROUS,
            **settings,
        }
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until each of its workers listens."""
        self.spawn()
        until(self._listens_or_has_ended, "Hypercorn listens", seconds=START_SECONDS)
        assert self._running.poll() is None, f"Hypercorn ended:\n{self.output()}"

    def spawn(self) -> None:
        """Start, and wait for nothing."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "hypercorn", *self._options),
                    *("--bind", f"127.0.0.1:{self.port}", "asgi:app"),
                ],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def terminate(self) -> None:
        """Ask it to end, as an operator or Kubernetes does; its workers hear it from Hypercorn."""
        self._running.terminate()

    def wait(self) -> int:
        """Wait for its end; gives the exit status."""
        return self._running.wait(STOP_SECONDS)

    def stop(self) -> int:
        """End it in order; gives the exit status."""
        self.terminate()
        return self.wait()

    def kill(self) -> None:
        """End it and its workers as a crash would."""
        self._signal(signal.SIGKILL)
        self._running.wait()

    def pause(self) -> None:
        """Freeze it and its workers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def output(self) -> str:
        """Give all that it has written since its last start."""
        return self._log.read_text(encoding="utf-8")

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "it was never started"
        return self._process

    def _signal(self, number: signal.Signals) -> None:
        if self._running.poll() is None:
            os.killpg(self._running.pid, number)

    def _listens_or_has_ended(self) -> bool:
        return (
            self.output().count("Running on") == self._workers or self._running.poll() is not None
        )

    @property
    def _workers(self) -> int:
        if "--workers" not in self._options:
            return 1
        return max(1, int(self._options[self._options.index("--workers") + 1]))

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.resume()
                self.stop()
        finally:
            self.kill()
