"""MySQL's errors in the words of the domain."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymysql.constants import CR, ER
from pymysql.err import Error, InterfaceError

from adapters.mysql.address import MySQLAddress
from adapters.mysql.deadline import NoAnswer
from adapters.sql.connection import Aborted, Deadlock, LockTimeout
from domain.errors import Conflict, OutcomeUnknown, StoreNotReady, StoreUnavailable

_ACCESS_DENIED_NO_PASSWORD = 1698
_MARIADB_STATEMENT_TIMEOUT = 1969
_MARIADB_CONNECTION_KILLED = 1927
_MYSQL_STATEMENT_TIMEOUT = 3024

_LOST = frozenset(
    {
        CR.CR_SERVER_GONE_ERROR,
        CR.CR_SERVER_LOST,
        CR.CR_SERVER_LOST_EXTENDED,
        ER.SERVER_SHUTDOWN,
        _MARIADB_CONNECTION_KILLED,
    }
)

_KINDS: dict[int, type[StoreUnavailable]] = {
    ER.LOCK_DEADLOCK: Deadlock,
    ER.LOCK_WAIT_TIMEOUT: LockTimeout,
    ER.CON_COUNT_ERROR: StoreUnavailable,
    ER.OPTION_PREVENTS_STATEMENT: StoreUnavailable,
    ER.OUT_OF_RESOURCES: StoreUnavailable,
    ER.QUERY_INTERRUPTED: StoreUnavailable,
    ER.TOO_MANY_USER_CONNECTIONS: StoreUnavailable,
    _MARIADB_STATEMENT_TIMEOUT: StoreUnavailable,
    _MYSQL_STATEMENT_TIMEOUT: StoreUnavailable,
}

_REFUSED = {
    ER.ACCESS_DENIED_ERROR: "Check the user and the password in FLASK_MYSQL_URI.",
    _ACCESS_DENIED_NO_PASSWORD: "Check the user and the password in FLASK_MYSQL_URI.",
    ER.DBACCESS_DENIED_ERROR: "Grant that user the database.",
    ER.BAD_DB_ERROR: "Run `flask db-init`.",
}


def is_lost(error: Exception) -> bool:
    """Tell whether the connection is no longer there."""
    return isinstance(error, InterfaceError | OSError) or code_of(error) in _LOST


def code_of(error: Exception) -> int:
    """Give the server's or the client library's number of an error, 0 for none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def translated(error: Exception) -> Exception:
    """Give what a statement raised in our words; a bug in it stays the driver's own error."""
    if not isinstance(error, Error | OSError):
        return error
    code = code_of(error)
    if code == ER.DUP_ENTRY:
        return Conflict("A key is taken already.")
    kind = Aborted if is_lost(error) else _KINDS.get(code)
    if isinstance(error, NoAnswer):
        kind = StoreUnavailable
    return error if kind is None else kind("MySQL", _reason(error))


def translated_of_commit(error: Exception) -> Exception:
    """Give what a COMMIT raised: when its answer is lost, nobody knows its outcome."""
    if isinstance(error, NoAnswer):
        return OutcomeUnknown("MySQL", f"a commit got {_reason(error)}")
    told = translated(error)
    if isinstance(told, Aborted) and not isinstance(told, Deadlock):
        return OutcomeUnknown("MySQL", "the connection was lost during a commit")
    return told


@contextmanager
def translated_connect_errors(address: MySQLAddress) -> Iterator[None]:
    """Translate what connecting to `address` raises."""
    try:
        yield
    except (Error, OSError) as error:
        remedy = _REFUSED.get(code_of(error))
        if remedy is not None:
            raise StoreNotReady("MySQL", f"{address}: {_reason(error)}", remedy) from error
        raise StoreUnavailable("MySQL", f"{address}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return str(error.args[-1]) if error.args else type(error).__name__
