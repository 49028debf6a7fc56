"""The embedded runtime configuration."""

import json
from dataclasses import asdict
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from adapters.sql.connection import Database
from adapters.sql.statements import statement
from adapters.sql.transactions import transaction
from domain.configuration.entities import Configuration
from domain.errors import CorruptedValue, InvalidValue

_CONFIGURATION = TypeAdapter(Configuration)

_SELECT = statement("SELECT document, version FROM configuration WHERE id = 1")

_REPLACE = statement("""
    INSERT INTO configuration
           (id, document, version, created_at, updated_at)
    SELECT 1, :document, :version, :now, :now
     WHERE :version = 1 OR EXISTS (SELECT 1 FROM configuration WHERE id = 1)
        ON CONFLICT (id) DO UPDATE
       SET document = excluded.document,
           version = excluded.version,
           updated_at = excluded.updated_at
     WHERE configuration.version = excluded.version - 1
""")


class SQLiteConfigurations:
    """The configuration as one row; only what differs from the code's defaults is in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Configuration:
        """Select the row."""
        async with self._database.reading() as connection:
            row = await connection.fetch_one(_SELECT, {})
        if row is None:
            return Configuration()
        values = {**json.loads(row["document"]), "version": row["version"]}
        try:
            return _CONFIGURATION.validate_json(json.dumps(values), strict=True, extra="forbid")
        except (InvalidValue, ValidationError) as error:
            raise CorruptedValue(f"The stored configuration can't be read: {error}") from error

    async def replace(self, configuration: Configuration, changed_at: datetime) -> bool:
        """Insert or update the row of the version before."""
        defaults = asdict(Configuration())
        changed = {
            name: value
            for name, value in asdict(configuration).items()
            if name != "version" and value != defaults[name]
        }
        async with transaction(self._database) as connection:
            replaced = await connection.execute(
                _REPLACE,
                {
                    "document": json.dumps(changed, ensure_ascii=False),
                    "version": configuration.version,
                    "now": changed_at,
                },
            )
        return replaced == 1
