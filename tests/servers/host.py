"""What this machine has for test servers: programs and free ports."""

import os
import random
import shutil
import socket

# Debian keeps servers in /usr/sbin, which is on root's PATH only.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin"])

# A client that retries a closed port inside the system's ephemeral range can connect to itself.
PORTS = range(20_000, 32_768)


def find_program(*names: str) -> str | None:
    """Return the path of the first of these programs that is installed."""
    return next(filter(None, (shutil.which(name, path=SEARCH_PATH) for name in names)), None)


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens now."""
    return next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
