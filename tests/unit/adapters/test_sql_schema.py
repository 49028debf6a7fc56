"""Whether a database has the schema that the code needs, and what to do where it has not."""

import pytest

from adapters.sql.migrations import latest_revision
from adapters.sql.schema import check_revision
from domain.errors import StoreNotReady
from tests.unit.adapters.scripted_database import ScriptedDatabase

TABLE = {"1": 1}


def database_at(revision: str | None) -> ScriptedDatabase:
    database = ScriptedDatabase()
    database.rows = [TABLE, None if revision is None else {"version_num": revision}]
    return database


async def test_the_latest_revision_is_ready() -> None:
    await check_revision("MySQL", database_at(latest_revision()))


@pytest.mark.parametrize("database", [ScriptedDatabase(), database_at(None)])
async def test_a_database_without_a_schema_is_to_be_initialised(database: ScriptedDatabase) -> None:
    with pytest.raises(StoreNotReady) as caught:
        await check_revision("MySQL", database)

    assert str(caught.value) == "MySQL is not ready: it has no schema yet. Run `flask db-init`."


async def test_an_older_schema_is_to_be_upgraded() -> None:
    with pytest.raises(StoreNotReady, match="is at revision 0000") as caught:
        await check_revision("MySQL", database_at("0000"))

    assert caught.value.remedy == "Run `flask db upgrade`."


async def test_a_newer_schema_needs_newer_code() -> None:
    with pytest.raises(StoreNotReady, match="is at revision 9999") as caught:
        await check_revision("MySQL", database_at("9999"))

    assert caught.value.remedy == "Deploy newer code, or run its `flask db downgrade`."
