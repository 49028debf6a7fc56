"""Rows of before get what later code sorts and searches them by."""

from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from adapters.sql.migrations import Migrations
from domain.text import sort_key, words_of
from tests.integration.migrations.schemas import Database

NAMES = [
    "한강",
    "Ōe Kenzaburō",
    "🙂",
    "ÉMILE émile",
    *(f"Author {number}" for number in range(1200)),
]

INSERT = text("""
    INSERT INTO authors (id, name, version, created_at, updated_at)
    VALUES (:id, :name, 1, '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000')
""")


def run(database: Database, sql: str, rows: Sequence[dict[str, Any]] = ()) -> list[Any]:
    """Run one statement, for each of the rows where there are any; give what it finds."""
    with create_engine(database.url, poolclass=NullPool).begin() as connection:
        found = connection.execute(text(sql), rows or None)
        return [*found.all()] if found.returns_rows else []


def add(database: Database, names: Sequence[str], first: int = 0) -> None:
    """Add authors as code does that knows nothing of keys."""
    rows = [
        {"id": number.to_bytes(16, "big"), "name": name}
        for number, name in enumerate(names, start=first + 1)
    ]
    run(database, INSERT.text, rows)


def kept(database: Database) -> list[tuple[bytes, list[bytes]]]:
    """Give the key and the words of each author."""
    keys = run(database, "SELECT id, name_key FROM authors ORDER BY id")
    words: dict[bytes, list[bytes]] = {}
    for row in run(database, "SELECT id, word FROM author_words ORDER BY id, word"):
        words.setdefault(row.id, []).append(row.word)
    return [(row.name_key, words.get(row.id, [])) for row in keys]


def expected(names: Sequence[str]) -> list[tuple[bytes, list[bytes]]]:
    return [
        (sort_key(name).encode(), sorted(word.encode() for word in words_of(name)))
        for name in names
    ]


def test_authors_of_before_get_their_keys_and_words(
    database: Database, migrations: Migrations
) -> None:
    migrations.upgrade("0003")
    add(database, NAMES)

    migrations.upgrade("0006")

    assert kept(database) == expected(NAMES)


def test_filling_in_again_reaches_what_the_release_before_wrote_meanwhile(
    database: Database, migrations: Migrations, output: StringIO
) -> None:
    migrations.upgrade("0003")
    add(database, NAMES[:2])
    migrations.upgrade("0006")
    add(database, ["Yi Sang"], first=2)
    run(database, "UPDATE authors SET name = 'Han Kang', version = 2 WHERE name = '한강'")
    assert kept(database) != expected(["Han Kang", NAMES[1], "Yi Sang"])

    migrations.stamp("0005")
    migrations.upgrade("0006")

    assert kept(database) == expected(["Han Kang", NAMES[1], "Yi Sang"])
    assert "Applied 0006" in output.getvalue()


@pytest.mark.parametrize("names", [[], ["🙂"]])
def test_nothing_to_fill_in_is_no_error(
    database: Database, migrations: Migrations, names: list[str]
) -> None:
    migrations.upgrade("0003")
    if names:
        add(database, names)

    migrations.upgrade()

    assert kept(database) == expected(names)
