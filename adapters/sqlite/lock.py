"""The lock that makes one process at a time the user of a file."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from domain.errors import StoreNotReady

_POLL_TIME = 0.05


class FileLock:
    """An advisory lock (flock) on a file beside `path`; the system drops it when a process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock_path = path.with_name(f"{path.name}.lock")

    @contextmanager
    def held(self, wait: float = 2.0) -> Iterator[None]:
        """Hold the lock, and see that the file can be used.

        Raises StoreNotReady when another process keeps the lock for `wait` seconds, or when the
        file or its folder can't be made or written.
        """
        with self._opened() as file:
            deadline = time.monotonic() + wait
            while not _try_lock(file.fileno()):
                if time.monotonic() > deadline:
                    raise self._refusal(file.fileno())
                time.sleep(_POLL_TIME)
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def _opened(self) -> TextIO:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.open("ab").close()
            return self._lock_path.open("a+", encoding="ascii")
        except OSError as error:
            reason = f"{self._path} can't be used: {error.strerror}"
            raise StoreNotReady("SQLite", reason, "Correct FLASK_SQLITE_PATH.") from error

    def _refusal(self, descriptor: int) -> StoreNotReady:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace") or "unknown"
        return StoreNotReady(
            "SQLite",
            f"{self._path} is in use by another process (pid {holder})",
            "Stop that process; to serve by several, set FLASK_MYSQL_URI.",
        )


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
