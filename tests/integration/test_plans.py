"""How the databases find the rows of a list: by an index, and where it can be in its order."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from uuid_utils.compat import uuid7

from adapters.sql.connection import Connection, Database
from adapters.sql.statements import Statement, statement
from adapters.sql.unit_of_work import SQLStores, SQLUnitOfWork
from adapters.sql.values import Parameters, Row
from domain.catalogue.entities import Author, Book
from domain.catalogue.queries import AuthorQuery, AuthorSort, BookQuery, BookSort
from domain.pagination import Page, PageRequest, Position
from tests.contracts.test_authors import make_author
from tests.contracts.test_books import make_book

NOW = datetime(2026, 3, 4, tzinfo=UTC)
LIMIT = 20
AUTHORS = [uuid7() for _ in range(100)]
TABLES = ["authors", "author_words", "books", "book_words", "book_authors"]
ROWS = 1000
IDS = sorted(uuid7() for _ in range(ROWS))

# A row is read, and the one behind the page; for a book, its id and its two authors besides.
READS = 5 * (LIMIT + 1)

_DONT_PUSH_DOWN = statement("SET SESSION optimizer_switch = 'index_condition_pushdown=off'")
_READS = statement("SHOW SESSION STATUS LIKE 'Handler_read%'")


class Explaining:
    """A connection that finds no rows, and keeps what the database would do to find them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.plans: list[list[Row]] = []

    async def fetch_all(self, asked: Statement, parameters: Parameters) -> list[Row]:
        explained = Statement(f"EXPLAIN {asked.mysql}", f"EXPLAIN QUERY PLAN {asked.sqlite}")
        self.plans.append(await self._connection.fetch_all(explained, parameters))
        return []

    async def fetch_one(self, asked: Statement, parameters: Parameters) -> Row | None:
        await self.fetch_all(asked, parameters)
        return None


class Plan(NamedTuple):
    """The steps of a plan in the database's own words, and whether they are good ones."""

    steps: list[str]
    scans: list[str]
    is_sorted: bool


def plan_of(rows: list[Row]) -> Plan:
    """Read a plan; a scan is one that has neither a key nor the order of an index."""
    if "detail" in rows[0]:
        steps = [row["detail"] for row in rows]
        scans = [it for it in steps if it.startswith("SCAN") and "USING" not in it]
        return Plan(steps, scans, not any("TEMP B-TREE FOR ORDER BY" in it for it in steps))
    steps = [" ".join(f"{name}={value}" for name, value in row.items()) for row in rows]
    scans = [str(row) for row in rows if row["type"] == "ALL" and row["table"] in TABLES]
    return Plan(steps, scans, not any("filesort" in str(row["Extra"]) for row in rows))


def language(number: int) -> str:
    """Give a language that half of the books have, or one that is rare."""
    if number % 2:
        return "en"
    return f"{'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10 % 10]}"


async def fill(database: Database) -> None:
    """Add enough rows for an index to be worth it, and have the database count them."""

    async def add(stores: SQLStores) -> None:
        for number, key in enumerate(IDS):
            at = NOW + timedelta(seconds=number)
            await stores.authors.add(make_author(id=key, name=f"Ann Author{number}", updated_at=at))
        books = [
            make_book(
                id=key,
                title=f"The Book{number}",
                updated_at=NOW + timedelta(seconds=number),
                language=language(number),
                published_on=date(1900, 1, 1) + timedelta(days=number * 30),
                author_ids=(AUTHORS[number % 100], AUTHORS[number * 7 % 100 - 1]),
            )
            for number, key in enumerate(IDS)
        ]
        await stores.books.add([it for it in books if len(set(it.author_ids)) == 2])

    await SQLUnitOfWork(database, list).run(add)
    async with database.writing() as connection:
        for table in TABLES:
            mysql = f"ANALYZE TABLE {table}"
            await connection.fetch_all(Statement(mysql, f"ANALYZE {table}"), {})


@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)])
def database(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    return found


async def plan_of_list(
    database: Database, query: AuthorQuery | BookQuery, request: PageRequest
) -> Plan:
    async with database.reading() as connection:
        explaining = Explaining(connection)
        await read(explaining, query, request)
        [rows] = explaining.plans
        return plan_of(rows)


async def read(
    connection: Connection, query: AuthorQuery | BookQuery, request: PageRequest
) -> Page[Author] | Page[Book]:
    stores = SQLStores(connection)
    if isinstance(query, AuthorQuery):
        return await stores.authors.list(request, query)
    return await stores.books.list(request, query)


async def reads_of(
    connection: Connection, query: AuthorQuery | BookQuery, request: PageRequest
) -> int:
    """Read a page, and count the rows and entries of indexes that the database looked at."""
    # What the storage engine passes over by itself would not be counted.
    await connection.execute(_DONT_PUSH_DOWN, {})
    counts = [await handler_reads(connection), await handler_reads(connection)]
    page = await read(connection, query, request)
    assert page.items, (query, request)
    counts.append(await handler_reads(connection))
    # To ask for the count may count, too.
    return (counts[2] - counts[1]) - (counts[1] - counts[0])


async def handler_reads(connection: Connection) -> int:
    return sum(int(row["Value"]) for row in await connection.fetch_all(_READS, {}))


VALUES: dict[str, str | datetime | None] = {
    "created_at": None,
    "name": "ann author500",
    "title": "the book500",
    "updated_at": NOW + timedelta(seconds=500),
}


def requests(query: AuthorQuery | BookQuery) -> list[PageRequest]:
    """Give the request for the first page, and for one further on."""
    return [PageRequest(LIMIT), PageRequest(LIMIT, Position(IDS[500], VALUES[query.sort]))]


SERVED = [
    *(AuthorQuery(sort=it, descending=down) for it in AuthorSort for down in (False, True)),
    *(BookQuery(sort=it, descending=down) for it in BookSort for down in (False, True)),
    *(BookQuery(language=it, descending=down) for it in ("ak", "en") for down in (False, True)),
]
"""The lists whose rows one index has in their order, and no others."""


async def test_pages_are_read_from_an_index_in_its_order(database: Database) -> None:
    await fill(database)
    for query in SERVED:
        for request in requests(query):
            plan = await plan_of_list(database, query, request)
            assert plan.scans == [], (query, request)
            assert plan.is_sorted, (query, request, plan.steps)


@pytest.mark.mysql
async def test_mysql_reads_the_rows_of_a_page_alone(mysql: Database) -> None:
    """Wherever the page is: what is before the position, or deleted, is not passed over."""
    await fill(mysql)
    async with mysql.reading() as connection:
        for query in SERVED:
            for request in requests(query):
                reads = await reads_of(connection, query, request)
                assert 0 < reads <= READS, (query, request)
        for table in ("authors", "books"):
            delete = f"UPDATE {table} SET deleted_at = updated_at WHERE id < :before"  # noqa: S608 - a literal.
            await connection.execute(statement(delete), {"before": IDS[500]})
        for query in SERVED:
            reads = await reads_of(connection, query, PageRequest(LIMIT))
            assert 0 < reads <= READS, query


async def test_sqlite_starts_at_the_position(sqlite: Database) -> None:
    await fill(sqlite)
    for query in SERVED:
        _, further_on = requests(query)
        plan = await plan_of_list(sqlite, query, further_on)
        sign = "<" if query.descending else ">"
        key = {"created_at": "id", "updated_at": "(updated_at,id)"}.get(query.sort)
        text = "(name_key,id)" if isinstance(query, AuthorQuery) else "(title_key,id)"
        assert plan.steps[0].startswith("SEARCH"), plan.steps
        assert f" AND {key or text}{sign}" in plan.steps[0], (query, plan.steps)


async def test_what_is_asked_for_is_found_by_an_index(database: Database) -> None:
    await fill(database)
    asked = {
        "author_words": [AuthorQuery(sort=sort, search="author77 ann") for sort in AuthorSort],
        "book_words": [BookQuery(sort=sort, search="book77") for sort in BookSort],
        "book_authors": [BookQuery(sort=sort, author_id=AUTHORS[3]) for sort in BookSort],
        "books_language": [BookQuery(language="ak")],
        # Whether by the day or in the order of ids, is for the database to choose.
        "books_": [BookQuery(published_from=date(1920, 1, 1), published_to=date(1920, 2, 1))],
    }
    for expected, queries in asked.items():
        for query in queries:
            for request in requests(query):
                plan = await plan_of_list(database, query, request)
                assert plan.scans == [], (query, request)
                assert any(expected in step for step in plan.steps), (query, plan.steps)


async def test_keys_are_looked_up(database: Database) -> None:
    """The statements that lock must not look at, and so lock, more rows than they are for."""
    await fill(database)
    async with database.reading() as connection:
        explaining = Explaining(connection)
        stores = SQLStores(explaining)
        await stores.authors.hold(AUTHORS[:3])
        await stores.books.taken([f"97800000000{number}" for number in range(10, 13)])
        await stores.books.count_by(AUTHORS[3])
        assert len(explaining.plans) == 3
        for rows in explaining.plans:
            assert plan_of(rows).scans == []
