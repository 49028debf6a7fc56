"""Making a missing database, and the migrations of one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TextIO

import aiomysql

from adapters.mysql.address import MySQLAddress
from adapters.mysql.errors import translated_connect_errors
from adapters.sql.migrations import Migrations
from domain.errors import StoreUnavailable

# Seconds to reach the server, for a command that an operator waits for.
TIMEOUT = 5

_SELECT_DATABASE = "SELECT 1 FROM information_schema.schemata WHERE schema_name = %(name)s"
_CREATE_DATABASE = "CREATE DATABASE {} CHARACTER SET utf8mb4"


async def create_database(address: MySQLAddress) -> bool:
    """Make the database where it is missing, and give whether it was.

    Raises StoreUnavailable, and StoreNotReady where the user may not make it.
    """
    try:
        async with asyncio.timeout(TIMEOUT):
            with translated_connect_errors(address):
                async with _connected(address) as connection, connection.cursor() as cursor:
                    found = await cursor.execute(_SELECT_DATABASE, {"name": address.database})
                    if not found:
                        await cursor.execute(_CREATE_DATABASE.format(quoted(address.database)))
                    return not found
    except TimeoutError as error:
        raise StoreUnavailable("MySQL", f"{address} does not answer") from error


def quoted(name: str) -> str:
    """Quote the name of a database for SQL, where it can't be a parameter."""
    return "`" + name.replace("`", "``") + "`"


@asynccontextmanager
async def _connected(address: MySQLAddress) -> AsyncIterator[aiomysql.Connection]:
    connection = await aiomysql.connect(**address.connect_arguments())
    try:
        yield connection
    finally:
        connection.close()


def mysql_migrations(address: MySQLAddress, output: TextIO | None = None) -> Migrations:
    """Give the migrations of the database."""
    return Migrations(
        "mysql+pymysql://",
        lock=None,
        connect_args={
            **address.connect_arguments(),
            "connect_timeout": TIMEOUT,
            "database": address.database,
            "charset": "utf8mb4",
        },
        output=output,
    )
