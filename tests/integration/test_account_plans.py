"""How the databases find accounts: by an index, and where it can be in its order."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from uuid_utils.compat import uuid7

from adapters.sql.connection import Database
from adapters.sql.statements import Statement
from adapters.sql.unit_of_work import SQLStores, SQLUnitOfWork
from domain.accounts.queries import AccountQuery, AccountSort
from domain.pagination import PageRequest, Position
from domain.permissions import Role
from tests.contracts.test_accounts import make_account
from tests.integration.test_plans import Explaining, Plan, handler_reads, plan_of

NOW = datetime(2026, 3, 4, tzinfo=UTC)
LIMIT, ROWS = 20, 1000
IDS = sorted(uuid7() for _ in range(ROWS))
ADMINS = 5

SERVED = [
    *(AccountQuery(sort=it, descending=down) for it, down in product(AccountSort, (False, True))),
    *(AccountQuery(role=it) for it in (Role.READER, Role.ADMIN)),
]
"""The lists whose rows one index has in their order."""

VALUES = {
    AccountSort.CREATED_AT: None,
    AccountSort.EMAIL: "account500@example.org",
    AccountSort.UPDATED_AT: NOW + timedelta(seconds=500),
}


async def fill(database: Database) -> None:
    """Add accounts, of whom a few are administrators, and have the database count them."""

    async def add(stores: SQLStores) -> None:
        for number, key in enumerate(IDS):
            await stores.accounts.add(
                make_account(
                    id=key,
                    email=f"account{number}@example.org",
                    updated_at=NOW + timedelta(seconds=number),
                    role=Role.ADMIN if number >= ROWS - ADMINS else Role.READER,
                )
            )

    await SQLUnitOfWork(database, list).run(add)
    async with database.writing() as connection:
        analyse = Statement("ANALYZE TABLE accounts, account_words", "ANALYZE")
        await connection.fetch_all(analyse, {})


@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)])
def database(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    return found


def is_good(plan: Plan) -> bool:
    return not plan.scans and plan.is_sorted and "type=ALL" not in str(plan.steps)


async def test_pages_are_read_from_an_index_in_its_order(database: Database) -> None:
    await fill(database)
    async with database.reading() as connection:
        for query in SERVED:
            for after in (None, Position(IDS[500], VALUES[query.sort])):
                explaining = Explaining(connection)
                await SQLStores(explaining).accounts.list(PageRequest(LIMIT, after), query)
                [rows] = explaining.plans
                assert is_good(plan_of(rows)), (query, after, rows)


async def test_administrators_are_held_by_an_index_of_roles(database: Database) -> None:
    await fill(database)
    async with database.reading() as connection:
        explaining = Explaining(connection)
        await SQLStores(explaining).accounts.hold_active(Role.ADMIN, 2)
        [rows] = explaining.plans
        assert is_good(plan_of(rows)), rows
        assert "accounts_role" in str(rows)


@pytest.mark.mysql
async def test_mysql_locks_administrators_alone(mysql: Database) -> None:
    """It locks what it reads: of all accounts it must read hardly any."""
    await fill(mysql)
    async with mysql.reading() as connection:
        before = await handler_reads(connection)
        assert len(await SQLStores(connection).accounts.hold_active(Role.ADMIN, 2)) == 2
        assert await handler_reads(connection) - before <= 4 * ADMINS
