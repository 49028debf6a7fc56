"""The migrations of an embedded database."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from adapters.sql.migrations import Migrations
from adapters.sqlite.lock import FileLock

if TYPE_CHECKING:
    from sqlalchemy import URL

# A command waits this many seconds for a server that is about to end.
WAIT_TIME = 10.0


def sqlite_migrations(path: Path, output: TextIO | None = None) -> Migrations:
    """Give the migrations of a file that no process uses."""
    return Migrations(_url(path), lock=lambda: FileLock(path).held(WAIT_TIME), output=output)


def migrate_held(path: Path) -> None:
    """Bring a file that this process holds already to the latest revision."""
    # What a command prints is its own.
    Migrations(_url(path), lock=None, output=sys.stderr).upgrade()


def _url(path: Path) -> "URL":
    # A server on a current schema need not spend the time that this takes to import.
    from sqlalchemy import URL  # noqa: PLC0415

    return URL.create("sqlite", database=str(path))
