"""Pages of lists in SQL: which rows, from which position on, in which order.

Where an index has just the rows of a list in its order, MySQL and MariaDB are told to use it. Left
to choose among several indexes that begin with `deleted_at`, MariaDB looks up `deleted_at IS NULL`
alone and passes over all entries before the position; given one, it starts at the position. Where
none serves, as for words, the best index depends on what is asked for, and the database chooses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple, Protocol

from adapters.sql.connection import Connection
from adapters.sql.statements import Fragment, Statement, statement
from adapters.sql.values import Parameter, Row, decode_id, decode_time
from domain.pagination import Page, PageRequest, Position

# No character comes behind it, so all words that begin with a prefix come before prefix + LAST.
_LAST = "\U0010ffff"


class Order(NamedTuple):
    """How a list is sorted: by a column and then by ids, or by ids alone for None."""

    column: str | None
    descending: bool


class Condition(NamedTuple):
    """What must hold for a row of a list, with the value of the parameter that it names.

    The index `served_by` has the rows for which it holds in the order of ids, if one does.
    """

    sql: str
    parameter: str
    value: Parameter
    served_by: str | None = None


class Query(Protocol):
    """What the queries of all lists have."""

    @property
    def descending(self) -> bool:
        """Tell whether the last comes first."""
        ...

    @property
    def words(self) -> tuple[str, ...]:
        """The words with which words of what is listed begin."""
        ...


@dataclass(frozen=True, slots=True)
class ListedTable:
    """A table with a column `id`; `select` is all of a statement up to its WHERE.

    `words` is the table of the words by which its rows are found. For each column that it is sorted
    by, an index called `<name>_<column>` is of (deleted_at, that column, id); `<name>_deleted_at`
    is of (deleted_at, id).
    """

    name: str
    select: str
    words: str
    fragments: tuple[tuple[str, Fragment], ...] = ()

    async def page(
        self,
        connection: Connection,
        request: PageRequest,
        query: Query,
        column: str | None,
        conditions: Sequence[Condition] = (),
    ) -> Page[Row]:
        """Select the rows of a page, which is sorted by a column, None for the order of ids."""
        asked = page_statement(
            self,
            Order(column, query.descending),
            (*(condition.sql for condition in conditions), *_word_conditions(self, query)),
            index=self._index(query, column, conditions),
            is_continued=request.after is not None,
        )
        parameters = {
            "limit": request.limit + 1,
            **{condition.parameter: condition.value for condition in conditions},
            **_word_parameters(query),
            **_position_parameters(request.after),
        }
        rows = await connection.fetch_all(asked, parameters)
        return Page.of(rows, request.limit, lambda row: _position(row, column))

    def _index(
        self, query: Query, column: str | None, conditions: Sequence[Condition]
    ) -> str | None:
        """Name the index that has just the rows of a list in its order, if one does."""
        if query.words:
            return None
        if not conditions:
            return f"{self.name}_{column or 'deleted_at'}"
        return conditions[0].served_by if len(conditions) == 1 and column is None else None


@cache
def page_statement(
    table: ListedTable,
    order: Order,
    conditions: tuple[str, ...],
    *,
    index: str | None,
    is_continued: bool,
) -> Statement:
    """Put a statement together; all of its parts are literals."""
    direction = "DESC" if order.descending else "ASC"
    keys = ", ".join(f"{key} {direction}" for key in (order.column, "id") if key)
    behind = ["{behind}"] if is_continued else []
    text = f"""
    {table.select} {{index}}
     WHERE {" AND ".join([*behind, *conditions, "deleted_at IS NULL"])}
     ORDER BY {keys}
     LIMIT :limit
    """
    return statement(text, index=_use(index), behind=_behind(order), **dict(table.fragments))


def _use(index: str | None) -> Fragment:
    # SQLite takes the index by itself, and starts at the position.
    return Fragment(mysql=f"FORCE INDEX ({index})" if index else "", sqlite="")


def _behind(order: Order) -> Fragment:
    """Say which rows are behind a position, so that each dialect finds the first by an index."""
    sign, key = "<" if order.descending else ">", order.column
    if key is None:
        return Fragment(mysql=f"id {sign} :after_id", sqlite=f"id {sign} :after_id")
    return Fragment(
        # MySQL looks up no pair in an index, and SQLite does not join two ranges in their order.
        mysql=f"({key} {sign} :after_value OR ({key} = :after_value AND id {sign} :after_id))",
        sqlite=f"({key}, id) {sign} (:after_value, :after_id)",
    )


def _word_conditions(table: ListedTable, query: Query) -> list[str]:
    return [
        f"id IN (SELECT id FROM {table.words} WHERE word >= :word_{place} AND word < :end_{place})"  # noqa: S608 - its parts are literals.
        for place in range(len(query.words))
    ]


def _word_parameters(query: Query) -> dict[str, Parameter]:
    parameters: dict[str, Parameter] = {}
    for place, word in enumerate(query.words):
        parameters[f"word_{place}"] = word.encode()
        parameters[f"end_{place}"] = (word + _LAST).encode()
    return parameters


def _position_parameters(after: Position | None) -> Mapping[str, Parameter]:
    if after is None:
        return {}
    value = after.value.encode() if isinstance(after.value, str) else after.value
    return {"after_id": after.id, "after_value": value}


def _position(row: Row, column: str | None) -> Position:
    """Give where a row stands by what is stored, from which the next page goes on."""
    return Position(decode_id(row["id"]), None if column is None else _value(row[column]))


def _value(stored: bytes | str) -> str | datetime:
    """Give a key of text, which is kept as bytes, or a time."""
    return stored.decode() if isinstance(stored, bytes) else decode_time(stored)
