"""Alembic's and SQLAlchemy's errors in the words of the domain."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from domain.errors import DomainError, InvalidValue, StoreNotReady, StoreUnavailable

# https://dev.mysql.com/doc/mysql-errors/en/: too many connections, shutting down, a table that
# another transaction keeps locked, and the driver's own codes for no connection or a lost one.
_MYSQL_AWAY = frozenset({1040, 1053, 1205, 2002, 2003, 2006, 2013})
_MYSQL_DENIED = frozenset({1044, 1045, 1698})
_MYSQL_UNKNOWN_DATABASE = 1049

# https://www.sqlite.org/rescode.html: the code of a statement that is wrong.
_SQLITE_ERROR = 1
_PRIMARY_CODE = 0xFF


@contextmanager
def translated_errors() -> Iterator[None]:
    """Translate what goes wrong with a command.

    InvalidValue is a revision that can't be had, StoreUnavailable a store that is away, and
    StoreNotReady one that refuses the user, lacks the database or refuses a migration's SQL.
    """
    try:
        yield
    except CommandError as error:
        raise InvalidValue("revision", str(error)) from error
    except DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorcode", None)
        raise (_of_mysql(error) if code is None else _of_sqlite(error, code)) from error


def _of_mysql(error: DBAPIError) -> DomainError:
    code, reason = (*getattr(error.orig, "args", ()), error.orig, error.orig)[:2]
    if code in _MYSQL_AWAY:
        return StoreUnavailable("MySQL", str(reason))
    if code == _MYSQL_UNKNOWN_DATABASE:
        return StoreNotReady("MySQL", str(reason), "Run `flask db-init`, which creates it.")
    if code in _MYSQL_DENIED:
        return StoreNotReady("MySQL", str(reason), "Look at FLASK_MYSQL_URI and at its grants.")
    return _refused("MySQL", str(reason))


def _of_sqlite(error: DBAPIError, code: int) -> DomainError:
    if code & _PRIMARY_CODE == _SQLITE_ERROR:
        return _refused("SQLite", str(error.orig))
    return StoreUnavailable("SQLite", str(error.orig))


def _refused(store: str, reason: str) -> StoreNotReady:
    remedy = "The schema is at the revision that `flask db current` shows."
    return StoreNotReady(store, f"it refused a migration: {reason}", remedy)
