from io import StringIO
from pathlib import Path
from shutil import copytree

import pytest

from adapters.sql.migrations import Migrations
from adapters.sql.migrations.revisions import VERSIONS
from tests.integration.migrations.schemas import Database, MySQLSchema, SQLiteSchema


@pytest.fixture
def sqlite(tmp_path: Path) -> SQLiteSchema:
    return SQLiteSchema(tmp_path / "store.sqlite3")


@pytest.fixture
def mysql(empty_mysql_database: str) -> MySQLSchema:
    return MySQLSchema(empty_mysql_database)


@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)])
def database(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def output() -> StringIO:
    return StringIO()


@pytest.fixture
def migrations(database: Database, output: StringIO) -> Migrations:
    return database.migrations(output)


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """A copy of the revisions that a test may add to."""
    return copytree(VERSIONS, tmp_path / "versions", ignore=lambda *_: ["__pycache__"])
