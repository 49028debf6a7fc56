"""What the test servers share: a program on 127.0.0.1 that can be stopped and started again."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from tests.servers.host import find_program, free_port

START_SECONDS = 60
STOP_SECONDS = 10
POLL_SECONDS = 0.02


class ServerError(Exception):
    """A server could not be prepared or started; the message says why, with its log's end."""


class Server(ABC):
    """A server on 127.0.0.1 whose port and data outlive its process.

    A context manager: started on entry, stopped on exit. In between, a test stops, kills or pauses
    it and starts it again. Every method blocks until it has done its work and does nothing where
    there is nothing to do; a test whose event loop must go on calls it by `asyncio.to_thread`.
    """

    name: ClassVar[str]
    programs: ClassVar[tuple[str, ...]]
    remedy: ClassVar[str]

    def __init__(self, directory: Path, port: int | None = None) -> None:
        """Describe a server that keeps its data and log in this folder; start nothing."""
        self.directory = directory.resolve()
        self.port = port or free_port()
        self.log = self.directory / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def uri(self) -> str:
        """The address that an application is configured with."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command line that runs the server in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Tell, within about a second, whether the server answers a client of its protocol."""

    def prepare(self) -> None:
        """Make what the first start needs, at least the folder. Raises ServerError."""
        self.directory.mkdir(parents=True, exist_ok=True)

    @classmethod
    def missing(cls) -> str | None:
        """Return what is to be installed and how, or None if the program is there."""
        if find_program(*cls.programs):
            return None
        names = " or ".join(Path(program).name for program in cls.programs)
        return f"{cls.name} needs {names}: {cls.remedy}"

    @classmethod
    def program(cls) -> str:
        """Return the path of the server's program. Raises ServerError if there is none."""
        if path := find_program(*cls.programs):
            return path
        raise ServerError(cls.missing())

    @property
    def running(self) -> bool:
        """Whether the process lives; a paused one does."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start on the same port and data, and wait for an answer. Raises ServerError."""
        if self.running:
            return
        self.prepare()
        self._process = self._spawn(self.command())
        deadline = time.monotonic() + START_SECONDS
        while self._process.poll() is None:
            if self.answers():
                return
            if time.monotonic() > deadline:
                self.kill()
                raise self._error(f"did not answer within {START_SECONDS} s")
            time.sleep(POLL_SECONDS)
        raise self._error(f"ended with exit status {self._process.returncode}")

    def stop(self) -> None:
        """End the process in order, or kill it if that takes longer than STOP_SECONDS."""
        if self._process is None:
            return
        self._process.terminate()
        self.resume()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process as a crash would: no farewell to clients, nothing flushed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def pause(self) -> None:
        """Freeze the process: connections stay open and get no answer until it is resumed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused process go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def run_to_end(self, command: list[str]) -> None:
        """Run a preparatory command, its output in the server's log. Raises ServerError."""
        if status := self._spawn(command).wait():
            raise self._error(f"could not be prepared: {command[0]} ended with {status}")

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        # In a session of its own, a Ctrl-C in the terminal reaches only us, who stop it in order.
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                start_new_session=True,
            )

    def _error(self, what: str) -> ServerError:
        lines = self.log.read_text(errors="replace").splitlines()[-20:]
        return ServerError("\n  ".join([f"{self.name} {what}; its log ends with:", *lines]))

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
