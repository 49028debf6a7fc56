"""How a migration says its SQL."""

from collections.abc import Sequence

from alembic import op
from sqlalchemy import inspect


def execute(*, mysql: str | Sequence[str] | None, sqlite: Sequence[str]) -> None:
    """Run what the database's dialect needs: a statement, some or none.

    MySQL commits before and after each DDL statement. Those that the process dies behind run again
    with the next upgrade, so each has to be right when repeated: `IF NOT EXISTS`, `IF EXISTS`.
    SQLite runs all of a migration in one transaction.
    """
    connection = op.get_bind()
    of_mysql = [mysql] if isinstance(mysql, str) else mysql or []
    for statement in sqlite if is_sqlite() else of_mysql:
        # Without parameters the drivers leave `%` and `:` in the text alone.
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def is_sqlite() -> bool:
    """Tell which of the two dialects the database has."""
    return bool(op.get_bind().dialect.name == "sqlite")


def has_column(table: str, column: str) -> bool:
    """Tell whether a table is there and has a column: MySQL has no `ADD COLUMN IF NOT EXISTS`."""
    inspector = inspect(op.get_bind())
    return inspector.has_table(table) and column in {
        found["name"] for found in inspector.get_columns(table)
    }


def has_index(table: str, index: str) -> bool:
    """Tell whether a table is there and has an index: MySQL has no `CREATE INDEX IF NOT EXISTS`."""
    inspector = inspect(op.get_bind())
    return inspector.has_table(table) and index in {
        found["name"] for found in inspector.get_indexes(table)
    }
