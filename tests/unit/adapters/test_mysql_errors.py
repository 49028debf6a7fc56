"""MySQL's errors in the words of the domain."""

from collections.abc import Callable

import pytest
from pymysql import err

from adapters.mysql.address import MySQLAddress
from adapters.mysql.deadline import NoAnswer
from adapters.mysql.errors import (
    code_of,
    translated,
    translated_connect_errors,
    translated_of_commit,
)
from adapters.sql.connection import Aborted, Deadlock, LockTimeout
from domain.errors import Conflict, OutcomeUnknown, StoreNotReady, StoreUnavailable

ADDRESS = MySQLAddress(
    host="db.test", port=3306, user="app", password="hunter2", database="imflask"
)

DEADLOCK = err.OperationalError(1213, "Deadlock found when trying to get lock")
LOST = [
    err.OperationalError(2006, "MySQL server has gone away"),
    err.OperationalError(2013, "Lost connection to MySQL server during query"),
    err.OperationalError(2055, "Lost connection to MySQL server at 'x', system error: 104"),
    err.OperationalError(1053, "Server shutdown in progress"),
    err.OperationalError(1927, "Connection was killed"),
    err.InterfaceError(0, "Not connected"),
    err.InterfaceError("(0, '')"),
    ConnectionResetError(104, "Connection reset by peer"),
    BrokenPipeError(32, "Broken pipe"),
]
OVERLOADED = [
    err.OperationalError(1040, "Too many connections"),
    err.OperationalError(1041, "Out of memory"),
    err.OperationalError(1203, "User has more than max_user_connections"),
    err.OperationalError(1290, "The server is running with --read-only"),
    err.OperationalError(1317, "Query execution was interrupted"),
    err.OperationalError(1969, "Query execution was interrupted (max_statement_time exceeded)"),
    err.OperationalError(3024, "Query execution was interrupted, maximum execution time exceeded"),
]
BUGS = [
    err.ProgrammingError(1064, "You have an error in your SQL syntax"),
    err.ProgrammingError(1146, "Table 'imflask.author' doesn't exist"),
    err.DataError(1406, "Data too long for column 'name'"),
    err.IntegrityError(1048, "Column 'name' cannot be null"),
    err.NotSupportedError(),
]


def name_of(error: Exception) -> str:
    return f"{type(error).__name__}-{code_of(error)}"


@pytest.mark.parametrize("error", [DEADLOCK, *LOST], ids=name_of)
def test_what_may_run_again_is_aborted(error: Exception) -> None:
    assert isinstance(translated(error), Aborted)


def test_a_deadlock_is_told_apart() -> None:
    assert isinstance(translated(DEADLOCK), Deadlock)


def test_a_lock_that_another_keeps_is_told_apart() -> None:
    told = translated(err.OperationalError(1205, "Lock wait timeout exceeded"))

    assert isinstance(told, LockTimeout)


@pytest.mark.parametrize("error", OVERLOADED, ids=name_of)
def test_a_server_that_has_no_time_is_unavailable(error: Exception) -> None:
    told = translated(error)

    assert type(told) is StoreUnavailable
    assert told.store == "MySQL"


def test_a_server_that_gives_no_answer_is_unavailable() -> None:
    told = translated(NoAnswer("no answer within 5 s"))

    assert type(told) is StoreUnavailable
    assert told.reason == "no answer within 5 s"


def test_a_key_that_is_taken_is_a_conflict() -> None:
    told = translated(err.IntegrityError(1062, "Duplicate entry 'secret' for key 'PRIMARY'"))

    assert isinstance(told, Conflict)
    assert "secret" not in str(told)


@pytest.mark.parametrize("in_our_words", [translated, translated_of_commit])
@pytest.mark.parametrize("error", BUGS, ids=name_of)
def test_a_bug_in_a_statement_stays_the_drivers_error(
    error: Exception, in_our_words: Callable[[Exception], Exception]
) -> None:
    assert in_our_words(error) is error


@pytest.mark.parametrize("error", [StoreUnavailable("MySQL", "x"), LookupError("x")], ids=name_of)
def test_what_is_not_the_drivers_is_left_alone(error: Exception) -> None:
    assert translated(error) is error


@pytest.mark.parametrize("error", [*LOST, NoAnswer("no answer within 5 s")], ids=name_of)
def test_the_outcome_of_a_commit_whose_answer_was_lost_is_unknown(error: Exception) -> None:
    assert isinstance(translated_of_commit(error), OutcomeUnknown)


def test_a_commit_that_a_deadlock_refused_may_run_again() -> None:
    assert isinstance(translated_of_commit(DEADLOCK), Deadlock)


@pytest.mark.parametrize(
    "error,remedy",
    [
        (
            err.OperationalError(1045, "Access denied for user 'app'@'x'"),
            "Check the user and the password in FLASK_MYSQL_URI.",
        ),
        (
            err.OperationalError(1698, "Access denied for user 'app'@'x'"),
            "Check the user and the password in FLASK_MYSQL_URI.",
        ),
        (
            err.OperationalError(1044, "Access denied to database 'imflask'"),
            "Grant that user the database.",
        ),
        (err.OperationalError(1049, "Unknown database 'imflask'"), "Run `flask db-init`."),
    ],
    ids=lambda value: name_of(value) if isinstance(value, Exception) else "",
)
def test_a_server_that_refuses_us_is_not_ready_and_the_remedy_is_told(
    error: Exception, remedy: str
) -> None:
    with pytest.raises(StoreNotReady) as caught, translated_connect_errors(ADDRESS):
        raise error

    assert caught.value.remedy == remedy
    assert caught.value.reason == f"db.test:3306: {error.args[-1]}"
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        err.OperationalError(2003, "Can't connect to MySQL server on 'db.test'"),
        err.OperationalError(1040, "Too many connections"),
        ConnectionRefusedError(111, "Connection refused"),
    ],
    ids=name_of,
)
def test_a_server_that_can_not_be_reached_is_unavailable(error: Exception) -> None:
    with pytest.raises(StoreUnavailable) as caught, translated_connect_errors(ADDRESS):
        raise error

    assert caught.value.reason.startswith("db.test:3306: ")
    assert "hunter2" not in str(caught.value)
