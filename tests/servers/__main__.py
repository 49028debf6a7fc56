"""Run all the servers, for a developer or beside one command.

python -m tests.servers            under var/servers, until Ctrl-C; prints what to export
python -m tests.servers COMMAND…   empty ones, until COMMAND ends; it finds their addresses in
                                   TEST_MYSQL_URI, TEST_MONGO_URI and TEST_REDIS_URI. Where one of
                                   these is set, and what is not installed, is left as it is.
"""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import click

from tests.servers import MariaDB, Mongo, Redis, Server, ServerError
from tests.servers.host import is_free
from tests.servers.mariadb import DATABASE

HOME = Path(__file__).parents[2] / "var" / "servers"

KINDS: dict[str, type[Server]] = {"MYSQL": MariaDB, "MONGO": Mongo, "REDIS": Redis}

# One above each technology's own port, on which a system's server may listen.
USUAL_PORTS = {"MYSQL": 3307, "MONGO": 27018, "REDIS": 6380}


def main(command: list[str]) -> int:
    """Run the servers for as long as they are needed; return the exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return run_beside(command) if command else serve()
    except KeyboardInterrupt:
        return 130 if command else 0
    except (ServerError, OSError) as error:
        click.echo(error, err=True)
        return 1


def serve() -> NoReturn:
    """Run the servers on their usual ports until a signal, or the end of one, ends them all."""
    if missing := [reason for kind in KINDS.values() if (reason := kind.missing())]:
        raise ServerError("\n".join(missing))
    ports = {name: port for name, port in USUAL_PORTS.items() if is_free(port)}
    with locked(HOME), running(KINDS, HOME, ports) as servers:
        click.echo("\n".join([*exports(servers), "# Ctrl-C stops the servers."]))
        while all(server.running for server in servers.values()):
            time.sleep(0.5)
        ended = next(server for server in servers.values() if not server.running)
        raise ServerError(f"{ended.name} ended by itself: see {ended.log}")


def run_beside(command: list[str]) -> int:
    """Run the command with the servers that it lacks; return its exit status."""
    lacking = {
        name: kind
        for name, kind in KINDS.items()
        if not os.environ.get(variable(name)) and not kind.missing()
    }
    with (
        tempfile.TemporaryDirectory(prefix="imflask-") as home,
        running(lacking, Path(home)) as servers,
    ):
        addresses = {variable(name): server.uri for name, server in servers.items()}
        with subprocess.Popen(command, env=os.environ | addresses) as process:
            # A terminal sends its Ctrl-C to the command too, which ends as it sees fit.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, lambda *_: process.terminate())
            return process.wait()


def variable(name: str) -> str:
    """Name the variable in which tests find a server's address."""
    return f"TEST_{name}_URI"


@contextmanager
def running(
    kinds: Mapping[str, type[Server]], home: Path, ports: Mapping[str, int] | None = None
) -> Iterator[dict[str, Server]]:
    """Run servers, each in its own folder of `home`. Raises ServerError."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(kind(home / name.lower(), (ports or {}).get(name)))
            for name, kind in kinds.items()
        }


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Keep a second run away from these data. Raises ServerError if there is a first."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerError(f"The servers under {home} are running already") from None
        yield


def exports(servers: dict[str, Server]) -> list[str]:
    """Return the shell's lines that bring an application to these servers."""
    settings = {f"FLASK_{name}_URI": server.uri for name, server in servers.items()}
    settings["FLASK_MONGO_DB_NAME"] = DATABASE
    return [f"export {name}={value}" for name, value in settings.items()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
