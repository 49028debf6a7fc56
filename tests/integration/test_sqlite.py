"""What only the embedded database does."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.sql.statements import statement
from adapters.sql.unit_of_work import SQLUnitOfWork
from adapters.sqlite.configuration import SQLiteConfigurations
from adapters.sqlite.database import SQLiteDatabase
from domain.errors import CorruptedValue, StoreNotReady, StoreUnavailable
from tests.contracts.test_authors import add, get, make_author

ENDLESS = statement("""
    WITH RECURSIVE numbers (number) AS (
        SELECT 1 UNION ALL SELECT number + 1 FROM numbers
    )
    SELECT count(*) AS count FROM numbers
""")

HOLD = """
import sys, time
from pathlib import Path
from adapters.sqlite.lock import FileLock
with FileLock(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.read()
"""


@asynccontextmanager
async def opened(path: Path, *, deadline: float = 10.0) -> AsyncIterator[SQLiteDatabase]:
    database = SQLiteDatabase(path, timeout=deadline, pool_timeout=0.2)
    async with database.opened():
        yield database


async def test_a_new_file_gets_its_folder_and_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "var" / "a file?#%20.sqlite3"
    author = make_author()
    async with opened(path) as database:
        await add(SQLUnitOfWork(database, lambda: None), author)
    async with opened(path) as database:
        assert await get(SQLUnitOfWork(database, lambda: None), author.id) == author


async def test_it_may_be_opened_again(tmp_path: Path) -> None:
    database = SQLiteDatabase(tmp_path / "test.sqlite3", timeout=10.0, pool_timeout=0.2)
    author = make_author()
    async with database.opened():
        await add(SQLUnitOfWork(database, lambda: None), author)
    async with database.opened():
        assert await get(SQLUnitOfWork(database, lambda: None), author.id) == author


async def test_a_file_that_another_process_uses_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "used.sqlite3"
    command = [sys.executable, "-c", HOLD, str(path)]
    # Nothing else runs on this test's loop, so the process may hold it up.
    with subprocess.Popen(  # noqa: ASYNC220
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(StoreNotReady, match=rf"another process \(pid {process.pid}\)"):
            async with opened(path):
                pass
        process.kill()
        process.wait()
        # The system drops the lock of a process that dies, however it dies.
        async with opened(path):
            pass


async def test_a_schema_of_later_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "later.sqlite3"
    async with opened(path) as database, database.writing() as connection:
        await connection.execute(statement("UPDATE alembic_version SET version_num = '9999'"), {})
    with pytest.raises(StoreNotReady, match=r"9999.*Deploy newer code"):
        async with opened(path):
            pass


async def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text.sqlite3"
    path.write_text("This is a letter, and a long one: it fills more than a header would." * 20)
    with pytest.raises(StoreUnavailable, match="not a database"):
        async with opened(path):
            pass


@pytest.mark.parametrize(
    "pragma, value",
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)],
)
async def test_connections_are_set_up(sqlite: SQLiteDatabase, pragma: str, value: object) -> None:
    for lend in (sqlite.reading, sqlite.writing):
        async with lend() as connection:
            row = await connection.fetch_one(statement(f"PRAGMA {pragma}"), {})
            assert row == {pragma: value}


async def test_readers_can_not_write(sqlite: SQLiteDatabase) -> None:
    async with sqlite.reading() as connection:
        with pytest.raises(StoreUnavailable, match="readonly"):
            await connection.execute(statement("DELETE FROM authors"), {})


async def test_a_statement_ends_with_its_deadline(tmp_path: Path) -> None:
    path = tmp_path / "slow.sqlite3"
    async with opened(path, deadline=0.2) as database, database.reading() as connection:
        with pytest.raises(StoreUnavailable, match=r"no answer within 0\.2 s"):
            await connection.fetch_one(ENDLESS, {})
        # The connection is free again at once: the statement was interrupted.
        assert await connection.fetch_one(statement("SELECT 1 AS one"), {}) == {"one": 1}


async def test_a_second_writer_waits_and_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path / "busy.sqlite3") as database, database.writing():
        with pytest.raises(StoreUnavailable, match="no connection came free"):
            async with database.writing():
                pass


@pytest.mark.parametrize(
    "document", ['{"default_page_size": 0}', '{"sign_ups_open": "maybe"}', '{"unknown": 1}']
)
async def test_a_configuration_changed_by_hand_is_judged(
    sqlite: SQLiteDatabase, document: str
) -> None:
    async with sqlite.writing() as connection:
        await connection.execute(
            statement("INSERT INTO configuration VALUES (1, :document, 1, '', '')"),
            {"document": document},
        )
    with pytest.raises(CorruptedValue):
        await SQLiteConfigurations(sqlite).load()
