"""What a page costs, by its position (keyset) and by OFFSET, in a list of a million authors.

python -m benchmarks.pagination    prints a table, and leaves it in benchmarks/results

The rows are read through the product's own adapter and connections, on MariaDB or MySQL and on
SQLite. By OFFSET the same rows are read in the same order, with an OFFSET in place of the position.
"""

import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from itertools import product
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit
from uuid import UUID

from adapters.mysql.address import MySQLAddress
from adapters.mysql.database import MySQLDatabase
from adapters.mysql.initialisation import mysql_migrations
from adapters.sql.authors import SQLAuthors
from adapters.sql.connection import Connection, Database
from adapters.sql.statements import statement
from adapters.sqlite.database import SQLiteDatabase
from adapters.sqlite.migrations import sqlite_migrations
from benchmarks.report import RESULTS
from domain.catalogue.queries import AuthorQuery, AuthorSort
from domain.pagination import PageRequest, Position
from tests.servers import MariaDB
from tests.servers.mariadb import connect

ROWS = 1_000_000
PAGE_SIZE = 20
PAGES = (1, 10_000)
REPETITIONS = 15
TIMEOUT = 60
KEYS = {AuthorSort.CREATED_AT: ("id",), AuthorSort.NAME: ("name_key", "id")}
QUERIES = [AuthorQuery(sort=sort, descending=down) for sort in KEYS for down in (False, True)]

INSERT = """
    INSERT INTO authors (id, name, name_key, version, created_at, updated_at)
    VALUES ({0}, {0}, {0}, 1, {0}, {0})
"""

Row = tuple[bytes, str, bytes, str, str]
Read = Callable[[], Awaitable[object]]


def by_offset(query: AuthorQuery) -> str:
    """Give the statement that counts its way to a page."""
    direction = "DESC" if query.descending else "ASC"
    order = ", ".join(f"{key} {direction}" for key in KEYS[query.sort])
    return f"""
        SELECT id, name, name_key, biography, born_on, died_on, version, created_at, updated_at
          FROM authors
         WHERE deleted_at IS NULL
         ORDER BY {order}
         LIMIT :limit OFFSET :offset
    """  # noqa: S608 - the keys are literals of this module.


def rows() -> Iterator[Row]:
    """Give the authors; their names are in the order of their ids."""
    for number in range(ROWS):
        name = f"author {number:07}"
        at = f"2026-01-01 00:00:{number % 60:02}.{number:06}"
        yield number.to_bytes(16, "big"), name, name.encode(), at, at


def fill_sqlite(path: Path) -> None:
    """Make the file with its rows."""
    sqlite_migrations(path).upgrade()
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany(INSERT.format("?"), rows())
        connection.commit()
        connection.execute("ANALYZE")


def fill_mysql(server: MariaDB) -> MySQLAddress:
    """Make the tables with their rows."""
    parts = urlsplit(server.uri)
    address = MySQLAddress(
        host=parts.hostname or "",
        port=parts.port or 0,
        user=parts.username or "",
        password=parts.password or "",
        database=parts.path[1:],
    )
    mysql_migrations(address).upgrade()
    with closing(connect(server.uri, 10 * TIMEOUT)) as connection, connection.cursor() as cursor:
        cursor.executemany(INSERT.format("%s"), rows())
        connection.commit()
        cursor.execute("ANALYZE TABLE authors")
    return address


async def measure(database: Database) -> dict[str, float]:
    """Give the milliseconds of each page, the median of some repetitions."""
    results = {}
    async with database.reading() as connection:
        for query, page in product(QUERIES, PAGES):
            skipped = (page - 1) * PAGE_SIZE
            order = f"{query.sort}{' descending' if query.descending else ''}"
            for way, read in (
                ("keyset", keyset(connection, query, skipped)),
                ("OFFSET", offset(connection, query, skipped)),
            ):
                results[f"{order}, page {page:,}, {way}"] = await milliseconds(read)
    return results


def keyset(connection: Connection, query: AuthorQuery, skipped: int) -> Read:
    """Read the page behind a position."""
    number = ROWS - skipped if query.descending else skipped - 1
    value = f"author {number:07}" if query.sort is AuthorSort.NAME else None
    after = Position(UUID(int=number), value) if skipped else None
    authors = SQLAuthors(connection)
    return lambda: authors.list(PageRequest(PAGE_SIZE, after), query)


def offset(connection: Connection, query: AuthorQuery, skipped: int) -> Read:
    """Read the page behind a number of rows."""
    parameters = {"limit": PAGE_SIZE + 1, "offset": skipped}
    asked = statement(by_offset(query))
    return lambda: connection.fetch_all(asked, parameters)


async def milliseconds(read: Read) -> float:
    """Give the median of some repetitions, behind one that is not counted."""
    times = []
    for _ in range(REPETITIONS + 1):
        started = time.perf_counter()
        found = await read()
        times.append((time.perf_counter() - started) * 1000)
        assert found
    return round(median(times[1:]), 2)


async def run(folder: Path) -> dict[str, dict[str, float]]:
    """Measure both stores, one after the other."""
    path = folder / "store.sqlite3"
    fill_sqlite(path)
    sqlite = SQLiteDatabase(path, timeout=TIMEOUT, pool_timeout=TIMEOUT)
    async with sqlite.opened():
        results = {"SQLite": await measure(sqlite)}
    with MariaDB(folder / "mysql") as server:
        mysql = MySQLDatabase(
            fill_mysql(server), pool_size=1, timeout=TIMEOUT, pool_timeout=TIMEOUT
        )
        async with mysql.opened():
            results["MariaDB"] = await measure(mysql)
    return results


def table(results: dict[str, dict[str, float]]) -> str:
    """Give the results as Markdown, in milliseconds."""
    stores = list(results)
    cells = [["ms", *stores], ["---"] * (len(stores) + 1)]
    cells += [
        [name, *(f"{results[store][name]:.2f}" for store in stores)] for name in results[stores[0]]
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def main() -> None:
    """Measure, print the table and leave it with its figures."""
    with tempfile.TemporaryDirectory(prefix="imflask-") as folder:
        results = asyncio.run(run(Path(folder)))
    (RESULTS / "pagination.json").write_text(json.dumps(results, indent=2) + "\n")
    (RESULTS / "pagination.md").write_text(table(results) + "\n")
    print(table(results))


if __name__ == "__main__":
    main()
