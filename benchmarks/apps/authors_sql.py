"""Authors in MySQL as one would write them without this project: a pool and four functions.

The tables and the statements are the product's, and so are the schemas of requests and answers.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import aiomysql
import jwt
from uuid_utils.compat import uuid7

from benchmarks.apps.authors_cursor import Cursor
from benchmarks.apps.rows import POOL_SIZE, mysql_address
from domain.text import sort_key, words_of
from service.schemas.authors import AuthorBody, AuthorResponse
from service.schemas.pagination import PageResponse

# The key of access tokens, in hexadecimal.
KEY_VARIABLE = "BENCHMARKS_TOKEN_KEY"

AuthorPage = PageResponse[AuthorResponse]

_COLUMNS = "id, name, biography, born_on, died_on, version, created_at, updated_at"
_SELECT = f"SELECT {_COLUMNS} FROM authors WHERE id = %(id)s AND deleted_at IS NULL"  # noqa: S608 - a literal.
_LIST = f"""
    SELECT {_COLUMNS.replace("name,", "name, name_key,")} FROM authors
     WHERE deleted_at IS NULL ORDER BY id ASC LIMIT %(limit)s
"""  # noqa: S608 - a literal.
_SELECT_ROLE = """
    SELECT accounts.role
      FROM sessions
      JOIN accounts ON accounts.id = sessions.account_id
     WHERE sessions.id = %(session_id)s
       AND sessions.account_id = %(account_id)s
       AND sessions.ended_at IS NULL
       AND sessions.expires_at > %(now)s
       AND accounts.deleted_at IS NULL
       AND accounts.disabled_at IS NULL
"""
_INSERT = """
    INSERT INTO authors
           (id, name, name_key, biography, born_on, died_on, version, created_at, updated_at)
    VALUES (%(id)s, %(name)s, %(name_key)s, %(biography)s, %(born_on)s, %(died_on)s, %(version)s,
            %(created_at)s, %(updated_at)s)
"""
_INSERT_WORDS = "INSERT INTO author_words (word, id) VALUES (%(word)s, %(id)s)"
_INSERT_EVENT = """
    INSERT INTO outbox
           (id, kind, subject, occurred_at, details, available_at, created_at, updated_at)
    VALUES (%(id)s, 'author.created', %(subject)s, %(at)s, %(details)s, %(at)s, %(at)s, %(at)s)
"""

_CHECKED: dict[str, Any] = {"algorithms": ["HS256"], "options": {"verify_aud": False}}

MAY_CHANGE = {"admin", "editor"}


@cache
def _key() -> bytes:
    return bytes.fromhex(os.environ[KEY_VARIABLE])


class Authors:
    """The pool is made by the first request, on the server's loop."""

    def __init__(self) -> None:
        self._pool: aiomysql.Pool | None = None
        self._lock = asyncio.Lock()

    async def get(self, author_id: UUID) -> AuthorResponse | None:
        """Select one."""
        async with self._cursor() as cursor:
            await cursor.execute(_SELECT, {"id": author_id.bytes})
            row = await cursor.fetchone()
        return _author(row) if row else None

    async def list(self, limit: int) -> AuthorPage:
        """Select the first page; its cursor is the last id, as it is."""
        async with self._cursor() as cursor:
            await cursor.execute(_LIST, {"limit": limit + 1})
            rows = await cursor.fetchall()
        items = [_author(row) for row in rows[:limit]]
        return AuthorPage(items=items, next_cursor=str(items[-1].id) if len(rows) > limit else None)

    async def add(self, body: AuthorBody) -> AuthorResponse:
        """Insert one with its words and its event, in one transaction."""
        now = datetime.now(UTC)
        author = AuthorResponse(
            id=uuid7(), version=1, created_at=now, updated_at=now, **body.details()
        )
        async with self._cursor() as cursor:
            await cursor.connection.begin()
            try:
                await _insert(cursor, author)
                await cursor.connection.commit()
            except BaseException:
                await cursor.connection.rollback()
                raise
        return author

    async def role(self, header: str) -> str | None:
        """Give the role of who shows a token of a session that has not ended; None for nobody."""
        try:
            shown = jwt.decode(header.removeprefix("Bearer "), _key(), **_CHECKED)
        except jwt.InvalidTokenError:
            return None
        ids = {"session_id": UUID(shown["sid"]).bytes, "account_id": UUID(shown["sub"]).bytes}
        async with self._cursor() as cursor:
            await cursor.execute(
                _SELECT_ROLE, {**ids, "now": datetime.now(UTC).replace(tzinfo=None)}
            )
            row = await cursor.fetchone()
        return row["role"] if row else None

    @asynccontextmanager
    async def _cursor(self) -> AsyncIterator[aiomysql.Cursor]:
        pool = self._pool or await self._make_pool()
        async with pool.acquire() as connection, connection.cursor(Cursor) as cursor:
            yield cursor

    async def _make_pool(self) -> aiomysql.Pool:
        async with self._lock:
            if self._pool is None:
                self._pool = await aiomysql.create_pool(
                    minsize=POOL_SIZE,
                    maxsize=POOL_SIZE,
                    charset="utf8mb4",
                    init_command="SET SESSION time_zone = '+00:00'",
                    **mysql_address(),
                )
            return self._pool


async def _insert(cursor: aiomysql.Cursor, author: AuthorResponse) -> None:
    at = author.created_at.replace(tzinfo=None)
    row = author.model_dump(by_alias=False) | {"id": author.id.bytes}
    key = sort_key(author.name).encode()
    await cursor.execute(_INSERT, {**row, "name_key": key, "created_at": at, "updated_at": at})
    words = [{"word": word.encode(), "id": author.id.bytes} for word in words_of(author.name)]
    await cursor.executemany(_INSERT_WORDS, words)
    details = json.dumps({"name": author.name})
    event = {"id": uuid7().bytes, "subject": str(author.id), "at": at, "details": details}
    await cursor.execute(_INSERT_EVENT, event)


def _author(row: dict[str, Any]) -> AuthorResponse:
    return AuthorResponse(
        id=UUID(bytes=row["id"]),
        name=row["name"],
        biography=row["biography"],
        born_on=row["born_on"],
        died_on=row["died_on"],
        version=row["version"],
        created_at=row["created_at"].replace(tzinfo=UTC),
        updated_at=row["updated_at"].replace(tzinfo=UTC),
    )
