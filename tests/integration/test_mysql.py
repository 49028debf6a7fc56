"""What only MySQL and MariaDB do: their traps, on a real server."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

import pytest
from pymysql.err import OperationalError
from uuid_utils.compat import uuid7

from adapters.mysql.address import MySQLAddress
from adapters.mysql.connection import MySQLConnection
from adapters.mysql.database import MySQLDatabase
from adapters.mysql.driver import Connection
from adapters.mysql.initialisation import mysql_migrations
from adapters.mysql.results import Result
from adapters.sql.statements import statement
from adapters.sql.unit_of_work import SQLStores, SQLUnitOfWork
from domain.catalogue.events import author_created
from domain.errors import Conflict, OutcomeUnknown, StoreNotReady, StoreUnavailable
from tests.contracts.test_authors import add, get, make_author
from tests.servers import MariaDB
from tests.sql_databases import address_of

pytestmark = pytest.mark.mysql

SLEEP = statement("SELECT SLEEP(:seconds)")
CONNECTION_ID = statement("SELECT CONNECTION_ID() AS id")
KILL = statement("KILL :id")


@pytest.fixture
def unit_of_work(mysql: MySQLDatabase) -> SQLUnitOfWork:
    return SQLUnitOfWork(mysql, lambda: None)


@asynccontextmanager
async def opened(
    address: MySQLAddress, *, size: int = 2, deadline: float = 10.0, pool_deadline: float = 2.0
) -> AsyncIterator[MySQLDatabase]:
    database = MySQLDatabase(address, pool_size=size, timeout=deadline, pool_timeout=pool_deadline)
    async with database.opened():
        yield database


async def test_a_session_is_set_up_as_the_adapter_needs_it(mysql: MySQLDatabase) -> None:
    async with mysql.reading() as connection:
        row = await connection.fetch_one(
            statement("SELECT @@time_zone AS zone, @@sql_mode AS mode, @@autocommit AS auto"), {}
        )
        isolation = await connection.fetch_one(
            statement("SHOW VARIABLES WHERE Variable_name IN ('tx_isolation')"), {}
        ) or await connection.fetch_one(
            statement("SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation')"), {}
        )
    assert row is not None
    assert (row["zone"], row["auto"]) == ("+00:00", 1)
    assert "STRICT_ALL_TABLES" in row["mode"]
    assert isolation is not None
    assert isolation["Value"] == "READ-COMMITTED"


async def test_a_statement_ends_with_its_deadline_in_the_server_too(
    mysql_address: MySQLAddress,
) -> None:
    async with opened(mysql_address, size=1, deadline=1.0) as database:
        async with database.reading() as connection:
            with pytest.raises(StoreUnavailable):
                await connection.fetch_one(SLEEP, {"seconds": 60})
        async with database.reading() as connection:
            assert await connection.fetch_one(CONNECTION_ID, {}) is not None


async def test_an_exhausted_pool_says_so_within_its_deadline(mysql_address: MySQLAddress) -> None:
    async with opened(mysql_address, size=1, pool_deadline=2.0) as database, database.reading():
        with pytest.raises(StoreUnavailable, match=r"no connection came free within 2\.0 s"):
            async with database.reading():
                pass


async def test_a_waiter_gets_the_place_of_a_cancelled_query(mysql_address: MySQLAddress) -> None:
    async with opened(mysql_address, size=1) as database:
        lent = asyncio.Event()

        async def query() -> None:
            async with database.reading() as connection:
                lent.set()
                await connection.fetch_one(SLEEP, {"seconds": 5})

        async def wait() -> bool:
            async with database.reading() as connection:
                return await connection.fetch_one(CONNECTION_ID, {}) is not None

        querying = asyncio.create_task(query())
        await lent.wait()
        waiting = asyncio.create_task(wait())
        # The waiter must have begun to wait, and the query to be sent, before it is cancelled.
        for _ in range(10):
            await asyncio.sleep(0)
        querying.cancel()
        assert await waiting


async def test_a_closed_pool_waits_for_nobody(mysql_address: MySQLAddress) -> None:
    async with asyncio.timeout(10):
        async with opened(mysql_address) as database:
            lending = database.reading()
            await lending.__aenter__()
        with pytest.raises(StoreUnavailable, match="not open"):
            async with database.reading():
                pass


async def test_all_kinds_of_values_are_read_as_they_are(mysql: MySQLDatabase) -> None:
    long, huge = "ä" * 40_000, 17_000_000
    statement_of_kinds = statement(
        "SELECT NULL AS nothing, 1 AS one, -2.5 AS number, 1e3 AS float_one, :text AS text,"
        " CAST('2026-01-02' AS DATE) AS day,"
        " CAST('2026-01-02 03:04:05.678' AS DATETIME(6)) AS time,"
        " UNHEX('00FF') AS bytes, :long AS long_text, '' AS empty"
    )
    async with mysql.reading() as connection:
        row = await connection.fetch_one(statement_of_kinds, {"text": "It's \\ 한강", "long": long})
        repeated = await connection.fetch_one(
            statement("SELECT REPEAT('x', :times) AS huge, 'behind' AS behind"),
            {"times": huge if await _takes(connection, huge) else 70_000},
        )
    assert row == {
        "nothing": None,
        "one": 1,
        "number": Decimal("-2.5"),
        "float_one": 1000.0,
        "text": "It's \\ 한강",
        "day": "2026-01-02",
        "time": "2026-01-02 03:04:05.678000",
        "bytes": b"\x00\xff",
        "long_text": long,
        "empty": "",
    }
    assert repeated is not None
    assert repeated["huge"].strip("x") == ""
    assert repeated["behind"] == "behind"


async def _takes(connection: MySQLConnection, size: int) -> bool:
    row = await connection.fetch_one(statement("SELECT @@max_allowed_packet AS size"), {})
    assert row is not None
    return bool(row["size"] > size)


async def test_an_error_within_a_result_leaves_the_connection_whole(mysql: MySQLDatabase) -> None:
    failing = statement(
        "SELECT IF(it = 2, (SELECT 1 UNION ALL SELECT 2), 1) AS it"
        " FROM (SELECT 1 AS it UNION ALL SELECT 2) AS numbers"
    )
    async with mysql.reading() as connection:
        with pytest.raises(OperationalError, match="more than 1 row"):
            await connection.fetch_all(failing, {})
        assert await connection.fetch_all(statement("SELECT 3 AS three"), {}) == [{"three": 3}]


async def test_what_the_server_warns_of_is_passed_on(mysql: MySQLDatabase) -> None:
    async with mysql.reading() as connection:
        with pytest.warns(Warning, match="Truncated incorrect"):
            rows = await connection.fetch_all(statement("SELECT CAST('1x' AS UNSIGNED) AS it"), {})
        assert rows == [{"it": 1}]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Give how the statements of each round trip begin."""
    asked: list[list[str]] = []
    ask = Connection.ask

    async def noting_ask(connection: Connection, sql: str) -> Result:
        asked.append(re.findall(r"(?:^|;)\s*([A-Z]+(?: (?:INTO|FROM) \w+)?)", sql))
        return await ask(connection, sql)

    monkeypatch.setattr(Connection, "ask", noting_ask)
    return asked


async def test_a_new_author_takes_one_round_trip_and_that_of_its_commit(
    unit_of_work: SQLUnitOfWork, asked: list[list[str]]
) -> None:
    async def unit(stores: SQLStores) -> None:
        await stores.authors.add(author)
        await stores.outbox.add(author_created(uuid7(), author))

    author = make_author()
    await unit_of_work.run(unit)
    inserts = ["INSERT INTO authors", "INSERT INTO author_words", "INSERT INTO outbox"]
    assert asked == [["BEGIN", *inserts], ["COMMIT"]]


async def test_words_are_replaced_together_with_the_commit(
    unit_of_work: SQLUnitOfWork, asked: list[list[str]]
) -> None:
    author = make_author()
    await add(unit_of_work, author)
    asked.clear()
    changed = replace(author, version=2, name="Another")
    await unit_of_work.run(lambda stores: stores.authors.save(changed))
    replaced = ["DELETE FROM author_words", "INSERT INTO author_words"]
    assert asked == [["BEGIN", "UPDATE"], [*replaced, "COMMIT"]]


async def test_nothing_is_kept_where_a_later_statement_of_a_round_trip_fails(
    unit_of_work: SQLUnitOfWork, asked: list[list[str]]
) -> None:
    first, second = make_author(), make_author()
    event = author_created(uuid7(), first)

    async def unit(stores: SQLStores) -> None:
        await stores.authors.add(second)
        await stores.outbox.add(event)

    await unit_of_work.run(lambda stores: stores.outbox.add(event))
    asked.clear()
    with pytest.raises(Conflict):
        await unit_of_work.run(unit)
    assert len(asked) == 1
    assert await get(unit_of_work, second.id) is None


async def test_a_unit_that_asks_for_nothing_asks_the_server_nothing(
    unit_of_work: SQLUnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def idle(_: SQLStores) -> None:
        pass

    async def failing(_: SQLStores) -> None:
        raise LookupError

    monkeypatch.setattr(Connection, "ask", None)
    await unit_of_work.run(idle)
    with pytest.raises(LookupError):
        await unit_of_work.run(failing)


async def test_of_two_units_in_deadlock_both_are_made(unit_of_work: SQLUnitOfWork) -> None:
    first, second = make_author(), make_author()
    await add(unit_of_work, first, second)
    both_hold_one = asyncio.Barrier(2)
    runs = []

    async def rename(one: int, other: int) -> None:
        authors = (first, second)
        met = False

        async def unit(stores: SQLStores) -> None:
            nonlocal met
            runs.append(one)
            await _increment(stores, authors[one].id)
            if not met:
                met = True
                await both_hold_one.wait()
            await _increment(stores, authors[other].id)

        await unit_of_work.run(unit)

    await asyncio.gather(rename(0, 1), rename(1, 0))
    assert len(runs) == 3
    for author in (first, second):
        found = await get(unit_of_work, author.id)
        assert found is not None
        assert found.version == 3


async def _increment(stores: SQLStores, author_id: object) -> None:
    found = await stores.authors.get_for_change(author_id)
    assert found is not None
    await stores.authors.save(replace(found, version=found.version + 1))


async def test_a_unit_runs_again_when_its_connection_is_lost(
    mysql: MySQLDatabase, unit_of_work: SQLUnitOfWork
) -> None:
    author = make_author()
    runs = []

    async def unit(stores: SQLStores) -> None:
        runs.append("run")
        await stores.authors.add(author)
        if len(runs) == 1:
            await _kill(mysql, stores)
        assert await stores.authors.get(author.id) == author

    await unit_of_work.run(unit)
    assert runs == ["run", "run"]
    assert await get(unit_of_work, author.id) == author


async def _kill(mysql: MySQLDatabase, stores: SQLStores) -> None:
    row = await stores.authors._connection.fetch_one(CONNECTION_ID, {})
    assert row is not None
    async with mysql.reading() as connection:
        await connection.execute(KILL, {"id": row["id"]})


async def test_a_commit_without_an_answer_has_an_unknown_outcome(
    unit_of_work: SQLUnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = make_author()
    ask = Connection.ask

    async def ask_and_lose_the_answer(connection: Connection, sql: str) -> Result:
        result = await ask(connection, sql)
        if sql.endswith("COMMIT"):
            connection.close()
            raise OperationalError(2013, "Lost connection to MySQL server during query")
        return result

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "ask", ask_and_lose_the_answer)
        with pytest.raises(OutcomeUnknown):
            await add(unit_of_work, author)
    assert await get(unit_of_work, author.id) == author


async def test_a_cancellation_does_not_tear_a_commit(
    unit_of_work: SQLUnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = make_author()
    committing, go_on = asyncio.Event(), asyncio.Event()
    commit = MySQLConnection.commit

    async def slow_commit(connection: MySQLConnection) -> None:
        committing.set()
        await go_on.wait()
        await commit(connection)

    monkeypatch.setattr(MySQLConnection, "commit", slow_commit)
    task = asyncio.create_task(add(unit_of_work, author))
    await committing.wait()
    task.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await get(unit_of_work, author.id) == author


async def test_a_connection_comes_back_without_a_transaction(mysql_address: MySQLAddress) -> None:
    """Else its next user reads a stale snapshot, the trap of autocommit=False."""
    async with opened(mysql_address, size=1) as database, opened(mysql_address) as other:
        ours, theirs = SQLUnitOfWork(database, list), SQLUnitOfWork(other, list)
        author = make_author(id=uuid7())
        assert await get(ours, author.id) is None
        await add(theirs, author)
        assert await get(ours, author.id) == author


@pytest.mark.parametrize(
    "wrong, error, said",
    [
        ({"port": 1}, StoreUnavailable, "127.0.0.1:1"),
        ({"user": "nobody", "password": "wrong"}, StoreNotReady, "FLASK_MYSQL_URI"),
        ({"database": "imflask_missing"}, StoreNotReady, "flask db-init"),
    ],
)
async def test_a_wrong_address_is_named_with_what_to_do(
    mysql_address: MySQLAddress, wrong: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        async with opened(replace(mysql_address, **wrong)):
            pass


async def test_a_restarted_server_is_found_again(restartable_mysql: MariaDB) -> None:
    address = address_of(restartable_mysql.uri)
    mysql_migrations(address).upgrade()
    async with opened(address) as database:
        unit_of_work = SQLUnitOfWork(database, list)
        author = make_author()
        await add(unit_of_work, author)
        restartable_mysql.kill()
        with pytest.raises(StoreUnavailable):
            await get(unit_of_work, author.id)
        restartable_mysql.start()
        assert await get(unit_of_work, author.id) == author
