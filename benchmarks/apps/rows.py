"""One indexed row from MySQL: by aiomysql for async views, by PyMySQL for sync ones."""

import asyncio
import os
import threading
from typing import Any
from urllib.parse import urlsplit

import aiomysql
import pymysql

URI_VARIABLE = "BENCHMARKS_MYSQL_URI"
POOL_SIZE = 10
ROW_ID = 500

CREATE_ROWS = (
    "CREATE TABLE benchmark_rows (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL)",
    """
    INSERT INTO benchmark_rows
      WITH RECURSIVE numbers (id) AS (
           SELECT 1 UNION ALL SELECT id + 1 FROM numbers WHERE id < 1000)
    SELECT id, CONCAT('Row ', id) FROM numbers
    """,
)
SELECT_ROW = "SELECT id, name FROM benchmark_rows WHERE id = %s"


def mysql_address() -> dict[str, Any]:
    """Give how the drivers connect."""
    parts = urlsplit(os.environ[URI_VARIABLE])
    return {
        "host": parts.hostname,
        "port": parts.port,
        "user": parts.username,
        "db": parts.path.strip("/"),
        "autocommit": True,
    }


class PooledRows:
    """Rows for async views; the pool is made by the first request, on the server's loop.

    Not every peer has a lifespan to make it in.
    """

    def __init__(self) -> None:
        self._pool: aiomysql.Pool | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> dict[str, Any]:
        """Select the row."""
        pool = self._pool or await self._make_pool()
        async with pool.acquire() as connection, connection.cursor(aiomysql.DictCursor) as cursor:
            await cursor.execute(SELECT_ROW, (ROW_ID,))
            row: dict[str, Any] = await cursor.fetchone()
            return row

    async def _make_pool(self) -> aiomysql.Pool:
        async with self._lock:
            if self._pool is None:
                self._pool = await aiomysql.create_pool(
                    minsize=POOL_SIZE, maxsize=POOL_SIZE, **mysql_address()
                )
            return self._pool


class ThreadRows(threading.local):
    """Rows for sync views; each thread keeps a connection."""

    connection: "pymysql.connections.Connection[Any] | None" = None

    def get(self) -> dict[str, Any]:
        """Select the row."""
        if self.connection is None:
            self.connection = pymysql.connect(
                cursorclass=pymysql.cursors.DictCursor, **mysql_address()
            )
        with self.connection.cursor() as cursor:
            cursor.execute(SELECT_ROW, (ROW_ID,))
            row: dict[str, Any] = cursor.fetchone()
            return row
