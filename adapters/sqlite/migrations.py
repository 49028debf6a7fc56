"""The migrations of an embedded database."""

from pathlib import Path

from adapters.sql.migrations import Migrations
from adapters.sqlite.lock import FileLock

# A command waits this many seconds for a server that is about to end.
WAIT_TIME = 10.0


def sqlite_migrations(path: Path) -> Migrations:
    """Give the migrations of a file that no process uses."""
    return Migrations(f"sqlite:///{path}", lock=lambda: FileLock(path).held(WAIT_TIME))


def migrate_held(path: Path) -> None:
    """Bring a file that this process holds already to the latest revision."""
    Migrations(f"sqlite:///{path}", lock=None).upgrade()
