"""What decides about the requests of an account, in SQL."""

from datetime import datetime
from uuid import UUID

from adapters.sql.api_keys import decode_permissions
from adapters.sql.connection import Connection
from adapters.sql.statements import statement
from adapters.sql.values import Row, decode_id, decode_optional_time, decode_time
from domain.authentication.entities import MAX_KEYS, MAX_SESSIONS, Access, KeyAccess
from domain.permissions import Role

# One round trip and one snapshot. `words` is the role of an account or the permissions of a key,
# and the account comes first; SQLite wants a LIMIT of a part of a UNION in a SELECT of its own.
_SELECT = statement("""
    SELECT 1 AS part, id, role AS words, NULL AS expires_at, NULL AS last_used_at,
           NULL AS secret_hash
      FROM accounts
     WHERE id = :account_id
       AND deleted_at IS NULL
       AND disabled_at IS NULL
       AND verified_at IS NOT NULL
    UNION ALL
    SELECT 2, id, NULL, expires_at, NULL, NULL
      FROM (SELECT id, expires_at
              FROM sessions
             WHERE account_id = :account_id
               AND ended_at IS NULL
               AND expires_at > :now
             ORDER BY last_seen_at DESC, id DESC
             LIMIT :max_sessions) AS live_sessions
    UNION ALL
    SELECT 3, id, permissions, expires_at, last_used_at, secret_hash
      FROM (SELECT id, permissions, expires_at, last_used_at, secret_hash
              FROM api_keys
             WHERE account_id = :account_id
               AND (expires_at IS NULL OR expires_at > :now)
             ORDER BY id
             LIMIT :max_keys) AS live_keys
""")

_ACCOUNT, _SESSION, _KEY = 1, 2, 3


class SQLAccesses:
    """Reads, on a connection, what is kept in the tables of others."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, account_id: UUID, now: datetime) -> Access | None:
        """Select the account, its live sessions and its keys."""
        bounds = {"max_sessions": MAX_SESSIONS, "max_keys": MAX_KEYS}
        rows = await self._connection.fetch_all(
            _SELECT, {"account_id": account_id, "now": now, **bounds}
        )
        role = next((Role(row["words"]) for row in rows if row["part"] == _ACCOUNT), None)
        if role is None:
            return None
        return Access(
            account_id=account_id,
            role=role,
            sessions={
                decode_id(row["id"]): decode_time(row["expires_at"])
                for row in rows
                if row["part"] == _SESSION
            },
            keys={decode_id(row["id"]): _key(row) for row in rows if row["part"] == _KEY},
        )


def _key(row: Row) -> KeyAccess:
    return KeyAccess(
        secret_hash=row["secret_hash"],
        permissions=decode_permissions(row["words"]),
        expires_at=decode_optional_time(row["expires_at"]),
        last_used_at=decode_optional_time(row["last_used_at"]),
    )
