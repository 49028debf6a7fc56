"""A bridged application under a real server, on a port of its own."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]

HYPERCORN = ("hypercorn", "--bind", "127.0.0.1:0", "--workers", "0", "served:app")


def start(
    folder: Path, app: str, *command: str, terminal: int | None = None
) -> "subprocess.Popen[str]":
    """Start `python -m *command` over the source of an application, ``served:app``.

    Its standard input and output are the terminal, where there is one, and else this process's.
    """
    (folder / "served.py").write_text(app)
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=terminal,
        stdout=terminal,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def hypercorn(
    folder: Path, app: str, worker_class: str = "asyncio", terminal: int | None = None
) -> Iterator[int]:
    """Serve an application; give the port, once it is open."""
    command = [*HYPERCORN, "--worker-class", worker_class]
    with start(folder, app, *command, terminal=terminal) as server:
        try:
            assert server.stderr is not None
            for line in server.stderr:
                if "Running on" in line:
                    # A server that nobody listens to stops when the pipe of its log is full.
                    threading.Thread(target=server.stderr.read, daemon=True).start()
                    yield int(line.split("127.0.0.1:")[1].split()[0])
                    break
            else:
                raise AssertionError("The server ended before it had started.")
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                raise


def connect(port: int) -> socket.socket:
    """Open a connection on which nothing takes longer than ten seconds."""
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def rest_of(connection: socket.socket) -> bytes:
    """Return all that the server sends until it closes the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def ask(port: int, request: bytes) -> bytes:
    """Send the bytes of a request on a connection of its own, and return those of the answer."""
    with connect(port) as connection:
        connection.sendall(request)
        return rest_of(connection)


def get(port: int, path: str) -> bytes:
    """Return the whole answer to a plain GET, after which the server closes the connection."""
    return ask(port, f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
