"""API keys in SQL."""

from datetime import datetime
from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.statements import first_rows, statement
from adapters.sql.values import (
    Parameter,
    Parameters,
    Row,
    decode_id,
    decode_optional_time,
    decode_time,
)
from domain.authentication.keys import ApiKey
from domain.permissions import Permission

_INSERT = statement("""
    INSERT INTO api_keys
           (id, account_id, name, secret_hash, permissions, expires_at, last_used_at, created_at,
            updated_at)
    VALUES (:id, :account_id, :name, :secret_hash, :permissions, :expires_at, :last_used_at,
            :created_at, :created_at)
""")

_SELECT = statement("""
    SELECT id, account_id, name, secret_hash, permissions, expires_at, last_used_at, created_at
      FROM api_keys
     WHERE account_id = :account_id
     ORDER BY id
     LIMIT :limit
""")

_DELETE = statement("DELETE FROM api_keys WHERE id = :id AND account_id = :account_id")

_NOTE_USE = statement("""
    UPDATE api_keys
       SET last_used_at = :used_at,
           updated_at = :used_at
     WHERE id = :id
       AND (last_used_at IS NULL OR last_used_at < :unless_since)
""")

_PURGE = statement(
    "DELETE FROM api_keys {oldest}",
    oldest=first_rows("api_keys", where="expires_at < :expired_before", order_by="expires_at"),
)


class SQLApiKeys:
    """The API keys that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, key: ApiKey) -> None:
        """Insert a row."""
        await self._connection.execute(_INSERT, _row(key))

    async def of(self, account_id: UUID, limit: int) -> list[ApiKey]:
        """Select the account's rows."""
        rows = await self._connection.fetch_all(_SELECT, {"account_id": account_id, "limit": limit})
        return [_key(row) for row in rows]

    async def remove(self, account_id: UUID, key_id: UUID) -> bool:
        """Delete a row."""
        return bool(
            await self._connection.execute(_DELETE, {"id": key_id, "account_id": account_id})
        )

    async def note_use(self, key_id: UUID, used_at: datetime, *, unless_since: datetime) -> bool:
        """Update a row whose last use is older."""
        parameters: Parameters = {"id": key_id, "used_at": used_at, "unless_since": unless_since}
        return bool(await self._connection.execute(_NOTE_USE, parameters))

    async def purge(self, expired_before: datetime, limit: int) -> int:
        """Delete the rows that expired first."""
        return await self._connection.execute(
            _PURGE, {"expired_before": expired_before, "limit": limit}
        )


def encode_permissions(permissions: frozenset[Permission]) -> str:
    """Turn permissions into their names, with spaces between them."""
    return " ".join(sorted(permissions))


def decode_permissions(names: str) -> frozenset[Permission]:
    """Turn names into permissions; one that this code does not know allows nothing."""
    known = names.split()
    return frozenset(permission for permission in Permission if permission in known)


def _row(key: ApiKey) -> dict[str, Parameter]:
    return {
        "id": key.id,
        "account_id": key.account_id,
        "name": key.name,
        "secret_hash": key.secret_hash,
        "permissions": encode_permissions(key.permissions),
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "created_at": key.created_at,
    }


def _key(row: Row) -> ApiKey:
    return ApiKey(
        id=decode_id(row["id"]),
        account_id=decode_id(row["account_id"]),
        name=row["name"],
        secret_hash=row["secret_hash"],
        permissions=decode_permissions(row["permissions"]),
        expires_at=decode_optional_time(row["expires_at"]),
        last_used_at=decode_optional_time(row["last_used_at"]),
        created_at=decode_time(row["created_at"]),
    )
