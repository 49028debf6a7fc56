"""How a migration says its SQL."""

from collections.abc import Sequence

from alembic import op


def execute(*, mysql: str | None, sqlite: Sequence[str]) -> None:
    """Run what the database's dialect needs: one statement, or none, on MySQL; some on SQLite.

    MySQL commits before and after each DDL statement. One that the process dies behind runs again
    with the next upgrade, so it has to be right when repeated: `IF NOT EXISTS`, `IF EXISTS`.
    SQLite runs all of a migration in one transaction.
    """
    connection = op.get_bind()
    statements = sqlite if connection.dialect.name == "sqlite" else [mysql] if mysql else []
    for statement in statements:
        # Without parameters the drivers leave `%` and `:` in the text alone.
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
