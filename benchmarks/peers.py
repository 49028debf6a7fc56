"""The peers, each a server program with its application, and how one is run."""

import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.machine import memory_and_threads
from tests.servers.process import Server, ServerError

HYPERCORN = ("hypercorn", "--workers", "0", "--worker-class", "uvloop", "--backlog", "4096")
# As many threads as wrk has connections: with fewer, the waiting views would measure the setting.
GUNICORN = (
    *("gunicorn", "--worker-class", "gthread", "--workers", "1", "--threads", "32"),
    *("--worker-connections", "4096", "--backlog", "4096"),
)


@dataclass(frozen=True)
class Peer:
    """One way to serve: the server's command line less the address, and its environment."""

    name: str
    title: str
    server: tuple[str, ...]
    application: str
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)

    def with_environment(self, **variables: str) -> "Peer":
        """Give the same with more in its environment."""
        environment = {**self.environment, **variables}
        return Peer(self.name, self.title, self.server, self.application, environment)


RAW = Peer("raw", "raw ASGI", HYPERCORN, "benchmarks.apps.raw:app")
BRIDGE = Peer("bridge", "this bridge", HYPERCORN, "benchmarks.apps.bridge:app")
STOCK = Peer("stock", "WsgiToAsgi", HYPERCORN, "benchmarks.apps.stock:app")
STOCK_THREADS = Peer(
    "stock_threads", "WsgiToAsgi, threads", HYPERCORN, "benchmarks.apps.stock_threads:app"
)
QUART = Peer("quart", "Quart", HYPERCORN, "benchmarks.apps.quart_async:app")
FASTAPI = Peer("fastapi", "FastAPI", HYPERCORN, "benchmarks.apps.fastapi_async:app")
GUNICORN_SYNC = Peer("gunicorn", "gunicorn, sync Flask", GUNICORN, "benchmarks.apps.flask_sync:app")

PEERS = (RAW, BRIDGE, FASTAPI, QUART, STOCK, STOCK_THREADS, GUNICORN_SYNC)


class PeerServer(Server):
    """A peer that serves on a core of its own."""

    programs = ("taskset",)
    remedy = "apt-get install util-linux"

    def __init__(self, peer: Peer, core: int, directory: Path) -> None:
        """Describe the server; start nothing."""
        super().__init__(directory)
        self.name = peer.title
        self._peer = peer
        self._core = core

    @property
    def uri(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """Return the command line; each part of it replaces the one before by exec."""
        program, *options = self._peer.server
        return [
            *("env", f"PYTHONPATH={Path(__file__).parents[1]}"),
            *(f"{name}={value}" for name, value in self._peer.environment.items()),
            *("taskset", "--cpu-list", str(self._core)),
            *(sys.executable, "-m", program, *options),
            *("--bind", f"127.0.0.1:{self.port}", self._peer.application),
        ]

    def answers(self) -> bool:
        """Tell whether it accepts connections."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def memory_and_threads(self) -> tuple[int, int]:
        """Give its resident bytes and its threads. Raises ServerError."""
        if self._process is None:
            raise ServerError(f"{self.name} does not run")
        return memory_and_threads(self._process.pid)
