"""POST under an Idempotency-Key on real stores: races, and commits whose answers are lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from pymysql.err import OperationalError

from adapters.memory.cache import MemoryCache
from adapters.mysql.address import MySQLAddress
from adapters.mysql.database import MySQLDatabase
from adapters.mysql.driver import Connection
from adapters.mysql.results import Result
from adapters.sql.unit_of_work import SQLStores, SQLUnitOfWork
from adapters.sqlite.connection import SQLiteConnection
from adapters.sqlite.database import SQLiteDatabase
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UUID7Identifiers
from domain.catalogue.entities import Author
from domain.catalogue.queries import AuthorQuery
from domain.catalogue.use_cases import Catalogue
from domain.errors import OutcomeUnknown
from domain.idempotency.entities import Claim, KeptAnswer, KeptRequest
from domain.idempotency.errors import RequestInProgress
from domain.idempotency.unit_of_work import IdempotentUnitOfWork
from domain.pagination import MAX_PAGE_SIZE, PageRequest
from tests.contracts.examples import NOW
from tests.keyed_app import REPLAYED, client_of, keyed_app, post, told
from tests.unit.fakes import Held

CLAIM = Claim(caller="anonymous", key="a-key", fingerprint=bytes(32))


@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)])
def database(request: pytest.FixtureRequest) -> SQLiteDatabase | MySQLDatabase:
    database: SQLiteDatabase | MySQLDatabase = request.getfixturevalue(request.param)
    return database


@pytest.fixture
def unit_of_work(database: SQLiteDatabase | MySQLDatabase) -> SQLUnitOfWork:
    return SQLUnitOfWork(database, lambda: None)


@pytest.fixture
async def http(unit_of_work: SQLUnitOfWork) -> AsyncIterator[httpx.AsyncClient]:
    clock = SystemClock()
    catalogue = Catalogue(
        IdempotentUnitOfWork(unit_of_work, clock),
        MemoryCache(60),
        MemoryCache(60),
        clock,
        UUID7Identifiers(),
    )
    async with client_of(keyed_app(catalogue)) as client:
        yield client


async def claim(stores: SQLStores) -> KeptRequest | None:
    return await stores.kept_answers.claim(CLAIM, NOW)


async def authors(unit_of_work: SQLUnitOfWork) -> list[Author]:
    found: list[Author] = []
    request: PageRequest | None = PageRequest(limit=MAX_PAGE_SIZE)
    while request is not None:
        page = await unit_of_work.read(
            lambda stores, request=request: stores.authors.list(request, AuthorQuery())
        )
        found += page.items
        request = page.next_after and replace(request, after=page.next_after)
    return found


async def test_of_many_requests_at_once_one_is_done(
    http: httpx.AsyncClient, unit_of_work: SQLUnitOfWork
) -> None:
    answers = await asyncio.gather(*(post(http) for _ in range(50)))

    assert [told(answer) for answer in answers] == [told(answers[0])] * 50
    assert answers[0].status_code == 201
    assert sum(REPLAYED in answer.headers for answer in answers) == 49
    assert len(await authors(unit_of_work)) == 1


async def test_many_requests_with_keys_of_their_own_are_all_done(
    http: httpx.AsyncClient, unit_of_work: SQLUnitOfWork
) -> None:
    answers = await asyncio.gather(*(post(http, f"key-{number}") for number in range(200)))

    assert [answer.status_code for answer in answers] == [201] * 200
    assert len(await authors(unit_of_work)) == 200


async def test_of_different_requests_at_once_under_one_key_one_is_done(
    http: httpx.AsyncClient, unit_of_work: SQLUnitOfWork
) -> None:
    answers = await asyncio.gather(*(post(http, body=f"name {number}") for number in range(20)))

    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 19
    assert len(await authors(unit_of_work)) == 1


async def test_twins_of_what_fails_are_done_anew_or_told_to_come_again(
    http: httpx.AsyncClient, unit_of_work: SQLUnitOfWork
) -> None:
    """Several that wait for one that fails are in a deadlock on InnoDB: none is answered 503."""

    async def fail(stores: SQLStores) -> None:
        await claim(stores)
        # The twins come to wait meanwhile.
        await stores.authors.get(UUID(int=0))
        raise LookupError

    ends = await asyncio.gather(
        *(unit_of_work.run(fail) for _ in range(40)), return_exceptions=True
    )

    assert {type(end) for end in ends} - {RequestInProgress} == {LookupError}
    assert (await post(http, CLAIM.key)).status_code == 201


@pytest.fixture
def lose_commits(
    database: SQLiteDatabase | MySQLDatabase, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Give what makes the commits from now on lose their answers, made or not made."""
    ask_mysql, sqlite_commit = Connection.ask, SQLiteConnection.commit

    def lose(*, made: bool) -> None:
        async def lose_mysql(connection: Connection, sql: str) -> Result:
            commits = sql.endswith("COMMIT")
            if made or not commits:
                result = await ask_mysql(connection, sql)
            if commits:
                connection.close()
                raise OperationalError(2013, "Lost connection to MySQL server during query")
            return result

        async def lose_sqlite(connection: SQLiteConnection) -> None:
            if made:
                await sqlite_commit(connection)
            raise OutcomeUnknown("SQLite", "no answer to a commit")

        monkeypatch.setattr(Connection, "ask", lose_mysql)
        monkeypatch.setattr(SQLiteConnection, "commit", lose_sqlite)

    return lose


@pytest.mark.parametrize("made", [True, False])
async def test_a_commit_whose_answer_was_lost_is_made_once(
    http: httpx.AsyncClient,
    unit_of_work: SQLUnitOfWork,
    lose_commits: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    *,
    made: bool,
) -> None:
    lose_commits(made=made)
    lost = await post(http)
    monkeypatch.undo()
    assert lost.json()["type"] == "/problems/outcome-unknown"
    assert len(await authors(unit_of_work)) == made

    again, third = await post(http), await post(http)

    assert (again.status_code, REPLAYED in again.headers) == (201, made)
    assert told(third) == told(again)
    [author] = await authors(unit_of_work)
    assert again.json()["id"] == str(author.id)


@pytest.mark.mysql
async def test_a_twin_that_waits_too_long_is_told_so_and_its_connection_lives(
    mysql_address: MySQLAddress, mysql: MySQLDatabase
) -> None:
    held = Held()

    async def work(stores: SQLStores) -> None:
        await claim(stores)
        await held()
        await stores.kept_answers.keep(CLAIM, KeptAnswer(201, (), b""), NOW)

    # A lock is given up 2 s before the deadline of a call.
    hasty = MySQLDatabase(mysql_address, pool_size=1, timeout=3.0, pool_timeout=2.0)
    async with hasty.opened():
        first = asyncio.create_task(SQLUnitOfWork(mysql, lambda: None).run(work))
        await held.begun.wait()
        with pytest.raises(RequestInProgress):
            await SQLUnitOfWork(hasty, lambda: None).run(claim)
        held.go_on.set()
        await first
        kept = await SQLUnitOfWork(hasty, lambda: None).run(claim)

    assert kept is not None
    assert kept.answer.status == 201
