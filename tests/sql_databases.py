"""Fixtures: databases of both SQL technologies at the latest revision, empty for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.mysql.address import MySQLAddress
from adapters.mysql.database import MySQLDatabase
from adapters.mysql.initialisation import mysql_migrations
from adapters.sql.connection import Connection
from adapters.sql.statements import statement
from adapters.sqlite.database import SQLiteDatabase
from service import wiring
from service.settings import load_settings

# Those of accounts go along with them.
TABLES = (
    "books",
    "authors",
    "outbox",
    "idempotency_keys",
    "attempts",
    "challenges",
    "mails",
    "one_time_tokens",
    "accounts",
)
TIMEOUT_SECONDS = 10.0


def address_of(uri: str) -> MySQLAddress:
    """Read an address as the settings do."""
    address = wiring.mysql_address(load_settings({"FLASK_MYSQL_URI": uri}, None))
    assert address is not None
    return address


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SQLiteDatabase]:
    """A new file."""
    database = SQLiteDatabase(
        tmp_path / "test.sqlite3", timeout=TIMEOUT_SECONDS, pool_timeout=TIMEOUT_SECONDS
    )
    async with database.opened():
        yield database


@pytest.fixture(scope="session")
def mysql_address(mysql_database: str) -> MySQLAddress:
    """The database that all tests of this run share, with its tables."""
    address = address_of(mysql_database)
    mysql_migrations(address).upgrade()
    return address


@pytest.fixture
async def mysql(mysql_address: MySQLAddress) -> AsyncIterator[MySQLDatabase]:
    """The shared database without rows, behind a pool of this test's own."""
    database = MySQLDatabase(
        mysql_address, pool_size=5, timeout=TIMEOUT_SECONDS, pool_timeout=TIMEOUT_SECONDS
    )
    async with database.opened():
        async with database.reading() as connection:
            await delete_rows(connection)
        yield database


async def delete_rows(connection: Connection) -> None:
    """Empty all tables of a database that belongs to this run."""
    for table in TABLES:
        await connection.execute(statement(f"DELETE FROM {table}"), {})  # noqa: S608
