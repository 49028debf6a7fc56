"""Databases whose schema a test can migrate and look at."""

import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

from adapters.sql.migrations import Migrations
from adapters.sql.migrations.revisions import VERSIONS
from adapters.sqlite.lock import FileLock
from tests.servers import mariadb

REVISIONS = sorted(file.name[:4] for file in VERSIONS.glob("[0-9]*_*.py"))
VERSION_TABLE = "alembic_version"

Schema = dict[str, str]


class SQLiteSchema:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def migrations(self, output: StringIO, versions: Path = VERSIONS) -> Migrations:
        return Migrations(self.url, FileLock(self.path).held, output=output, versions=versions)

    def read(self) -> Schema:
        query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        with closing(sqlite3.connect(self.path)) as connection:
            schema = dict(connection.execute(query).fetchall())
        schema.pop(VERSION_TABLE, None)
        return schema


class MySQLSchema:
    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.url = pymysql_url(uri)

    def migrations(self, output: StringIO, versions: Path = VERSIONS) -> Migrations:
        return Migrations(self.url, None, output=output, versions=versions)

    def read(self) -> Schema:
        with closing(mariadb.connect(self.uri)) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW TABLES")
            schema = {}
            for (table,) in cursor.fetchall():
                cursor.execute(f"SHOW CREATE TABLE {table}")
                schema.update([cursor.fetchone()])
        schema.pop(VERSION_TABLE, None)
        return schema


Database = SQLiteSchema | MySQLSchema


def pymysql_url(uri: str) -> str:
    return urlsplit(uri)._replace(scheme="mysql+pymysql").geturl()
