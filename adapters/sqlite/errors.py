"""SQLite's errors in the words of the domain."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.sql.connection import Aborted
from domain.errors import Conflict, StoreUnavailable

# https://www.sqlite.org/rescode.html: what the machine, not the statement, is the cause of.
_MACHINE_ERRORS = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
_PRIMARY_CODE = 0xFF


@contextmanager
def translated_errors() -> Iterator[None]:
    """Translate what the driver raises; a bug in a statement stays as it is."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
        if code == sqlite3.SQLITE_CONSTRAINT:
            raise Conflict("A key is taken already.") from error
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise Aborted("SQLite", str(error)) from error
        if code in _MACHINE_ERRORS:
            raise StoreUnavailable("SQLite", str(error)) from error
        raise
