"""Several processes that migrate one database at once."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from io import StringIO

import pytest

from adapters.sql.migrations import Migrations, connections
from adapters.sqlite.lock import FileLock
from domain.errors import StoreNotReady, StoreUnavailable
from tests.integration.migrations.schemas import REVISIONS, MySQLSchema, SQLiteSchema
from tests.servers import mariadb

MIGRATE_SQLITE = """
import sys
from pathlib import Path
from adapters.sql.migrations import Migrations
from adapters.sqlite.lock import FileLock
lock = lambda: FileLock(Path(sys.argv[1])).held(wait=30)
sys.stdin.read()
Migrations(f"sqlite:///{sys.argv[1]}", lock).upgrade()
"""

MIGRATE_MYSQL = """
import sys
from adapters.sql.migrations import Migrations
sys.stdin.read()
Migrations(sys.argv[1], None).upgrade()
"""


def run_at_once(code: str, argument: str) -> str:
    """Run the code in three processes, which start their work when they see end of input."""
    command = [sys.executable, "-c", code, argument]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(3)]
    for process in processes:
        process.stdin.close()
    told = ""
    for process in processes:
        with process:
            told += process.stdout.read()
        assert process.returncode == 0
    return told


def assert_done_once(told: str) -> None:
    assert told.count("Nothing to do.") == 2
    for revision in REVISIONS:
        assert told.count(f"Applied {revision}") == 1


def test_processes_that_migrate_one_file_at_once_do_it_once(sqlite: SQLiteSchema) -> None:
    assert_done_once(run_at_once(MIGRATE_SQLITE, str(sqlite.path)))


@pytest.mark.mysql
def test_processes_that_migrate_one_database_at_once_do_it_once(mysql: MySQLSchema) -> None:
    assert_done_once(run_at_once(MIGRATE_MYSQL, mysql.url))


@pytest.fixture
def hold_mysql_lock(mysql: MySQLSchema) -> Iterator[Callable[[], None]]:
    """Somebody who migrates; calling it ends that."""
    with closing(mariadb.connect(mysql.uri)) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT GET_LOCK(CONCAT('{connections.LOCK_NAME}/', DATABASE()), 0)")
        yield lambda: cursor.execute("SELECT RELEASE_ALL_LOCKS()")


@pytest.mark.mysql
def test_who_migrates_waits_for_who_does_already(
    mysql: MySQLSchema, hold_mysql_lock: Callable[[], None], output: StringIO
) -> None:
    upgrade = threading.Thread(target=mysql.migrations(output).upgrade)
    upgrade.start()
    upgrade.join(0.5)
    assert upgrade.is_alive()
    assert mysql.read() == {}
    hold_mysql_lock()
    upgrade.join(30)
    assert "authors" in mysql.read()


@pytest.mark.mysql
def test_who_waits_too_long_is_told(
    mysql: MySQLSchema,
    hold_mysql_lock: Callable[[], None],
    output: StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "LOCK_TIMEOUT", 0)
    with pytest.raises(StoreUnavailable, match="another process has been migrating"):
        mysql.migrations(output).upgrade()
    mysql.migrations(output).current()
    assert output.getvalue() == "No migration was applied yet.\n"


def test_a_file_in_use_is_refused_but_can_be_asked(sqlite: SQLiteSchema, output: StringIO) -> None:
    migrations = Migrations(sqlite.url, lambda: FileLock(sqlite.path).held(wait=0), output=output)
    with FileLock(sqlite.path).held():
        with pytest.raises(StoreNotReady, match="in use by another process"):
            migrations.upgrade()
        migrations.current()
    assert output.getvalue() == "No migration was applied yet.\n"
