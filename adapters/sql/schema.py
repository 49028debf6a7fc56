"""Whether a database has the schema that this code needs."""

from adapters.sql.connection import Connection
from adapters.sql.migrations import latest_revision
from adapters.sql.statements import Fragment, statement
from domain.errors import StoreNotReady

_SELECT_VERSION_TABLE = statement(
    "SELECT 1 FROM {tables}",
    tables=Fragment(
        mysql="information_schema.tables"
        " WHERE table_schema = DATABASE() AND table_name = 'alembic_version'",
        sqlite="sqlite_master WHERE type = 'table' AND name = 'alembic_version'",
    ),
)

_SELECT_REVISION = statement("SELECT version_num FROM alembic_version")


async def stored_revision(connection: Connection) -> str | None:
    """Give the revision of the database's schema; None where it was never migrated."""
    if await connection.fetch_one(_SELECT_VERSION_TABLE, {}) is None:
        return None
    row = await connection.fetch_one(_SELECT_REVISION, {})
    return None if row is None else str(row["version_num"])


async def check_revision(store: str, connection: Connection) -> None:
    """Raise StoreNotReady unless the schema is at the latest revision that this code has."""
    stored, latest = await stored_revision(connection), latest_revision()
    if stored is None:
        raise StoreNotReady(store, "it has no schema yet", "Run `flask db-init`.")
    if stored < latest:
        reason = f"its schema is at revision {stored}, this code needs {latest}"
        raise StoreNotReady(store, reason, "Run `flask db upgrade`.")
    if stored > latest:
        reason = f"its schema is at revision {stored}, this code knows {latest} at the latest"
        raise StoreNotReady(store, reason, "Deploy newer code, or run its `flask db downgrade`.")
