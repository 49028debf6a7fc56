"""What this machine has for test servers: programs and free ports."""

import fcntl
import os
import random
import shutil
import socket
import tempfile
from functools import cache
from pathlib import Path

# Debian keeps servers in /usr/sbin, which is on root's PATH only.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin"])

# A client that retries a closed port inside the system's ephemeral range can connect to itself.
PORTS = range(20_000, 32_768)


def find_program(*names: str) -> str | None:
    """Return the path of the first of these programs that is installed."""
    return next(filter(None, (shutil.which(name, path=SEARCH_PATH) for name in names)), None)


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens now.

    No other process of tests gets it for as long as this one lives: not before its server listens,
    nor while that is away.
    """
    ports = random.sample(PORTS, len(PORTS))
    return next(port for port in ports if is_free(port) and is_ours(port))


def is_ours(port: int) -> bool:
    """Lock this port against other processes until this one ends; tell whether that was done."""
    try:
        fcntl.lockf(_locks(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except (BlockingIOError, PermissionError):
        return False
    return True


@cache
def _locks() -> int:
    """Open the file whose bytes stand for the ports."""
    path = Path(tempfile.gettempdir()) / f"imflask-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
