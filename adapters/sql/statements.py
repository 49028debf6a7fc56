"""SQL text with named parameters, written once and translated for each dialect at import.

A statement is static: `:name` marks a parameter and `{name}` a fragment in which the dialects
differ. What depends on the question, as a list does, is put together from literals of this package.
Values are parameters, always.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


class Fragment(NamedTuple):
    """A piece of SQL that each dialect says differently."""

    mysql: str
    sqlite: str


FOR_UPDATE = Fragment(
    mysql="FOR UPDATE",
    sqlite="",  # A transaction that may write holds the whole file from its BEGIN IMMEDIATE on.
)


FOR_SHARE = Fragment(
    mysql="LOCK IN SHARE MODE",  # MariaDB has no other word for it.
    sqlite="",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as each driver takes it: `%(name)s` for MySQL, `:name` for SQLite."""

    mysql: str
    sqlite: str


def statement(text: str, **fragments: Fragment) -> Statement:
    """Translate `text`, with its fragments, for each dialect."""
    mysql = text.format(**{name: fragment.mysql for name, fragment in fragments.items()})
    sqlite = text.format(**{name: fragment.sqlite for name, fragment in fragments.items()})
    return Statement(
        mysql=_PARAMETER.sub(r"%(\1)s", mysql.replace("%", "%%")).strip(), sqlite=sqlite.strip()
    )


def first_rows(table: str, *, where: str, order_by: str, key: str = "id") -> Fragment:
    """Choose the first `:limit` rows for an UPDATE or DELETE; `key` is what tells them apart.

    SQLite has no LIMIT there unless it was built with one, and MySQL has none in a subquery.
    """
    chosen = f"WHERE {where} ORDER BY {order_by} LIMIT :limit"
    # The parts are literals of this package's modules, put together once, at import.
    return Fragment(mysql=chosen, sqlite=f"WHERE {key} IN (SELECT {key} FROM {table} {chosen})")  # noqa: S608


PING = statement("SELECT 1 AS answer")
"""The cheapest question there is."""
