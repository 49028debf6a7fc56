"""How the stores that the settings name are brought to ready."""

import asyncio
from io import StringIO
from typing import TextIO

from adapters.mysql.initialisation import create_database, mysql_migrations
from adapters.sql.migrations import Migrations
from adapters.sqlite.migrations import sqlite_migrations
from service.settings import Settings
from service.wiring.stores import mongodb, mysql_address


def migrations(settings: Settings, output: TextIO | None = None) -> Migrations:
    """Give the migrations of the SQL store that the settings ask for."""
    address = mysql_address(settings)
    if address:
        return mysql_migrations(address, output)
    return sqlite_migrations(settings.sqlite_path, output)


async def initialise(settings: Settings) -> list[str]:
    """Bring an empty set of stores to ready; gives a line for each thing done.

    Safe to repeat. Raises StoreUnavailable and StoreNotReady.
    """
    done, told = [], StringIO()
    address, database = mysql_address(settings), mongodb(settings)
    if address and await create_database(address):
        done.append(f"Created the database {address.database}.")
    await asyncio.to_thread(migrations(settings, told).upgrade)
    done += told.getvalue().splitlines()
    done.append("The SQL schema is up to date.")
    if database:
        await database.initialise()
        done.append("MongoDB has its indexes.")
    return done
