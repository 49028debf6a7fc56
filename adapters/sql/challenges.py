"""Challenges in SQL."""

import json
from datetime import datetime
from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.statements import FOR_UPDATE, first_rows, statement
from adapters.sql.values import Parameter, Row, decode_id, decode_time
from domain.authentication.challenges import Challenge

_INSERT = statement("""
    INSERT INTO challenges
           (id, purpose, account_id, details, expires_at, created_at, updated_at)
    VALUES (:id, :purpose, :account_id, :details, :expires_at, :created_at, :created_at)
""")

# Who comes second waits for the first, and finds nothing then.
_SELECT_FOR_UPDATE = statement(
    """
    SELECT id, purpose, account_id, details, expires_at, created_at
      FROM challenges
     WHERE id = :id
       AND purpose = :purpose
       AND expires_at > :now
    {for_update}
    """,
    for_update=FOR_UPDATE,
)

_DELETE = statement("DELETE FROM challenges WHERE id = :id")

_PURGE = statement(
    "DELETE FROM challenges {oldest}",
    oldest=first_rows("challenges", where="expires_at < :expired_before", order_by="expires_at"),
)


class SQLChallenges:
    """The challenges that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, challenge: Challenge) -> None:
        """Insert the row."""
        await self._connection.execute(
            _INSERT,
            {
                "id": challenge.id,
                "purpose": challenge.purpose,
                "account_id": challenge.account_id,
                "details": json.dumps(dict(challenge.details)),
                "expires_at": challenge.expires_at,
                "created_at": challenge.created_at,
            },
        )

    async def take(self, challenge_id: UUID, purpose: str, now: datetime) -> Challenge | None:
        """Select the row, lock it and delete it."""
        chosen: dict[str, Parameter] = {"id": challenge_id, "purpose": purpose, "now": now}
        row = await self._connection.fetch_one(_SELECT_FOR_UPDATE, chosen)
        if row is None:
            return None
        await self._connection.execute(_DELETE, {"id": challenge_id})
        return _challenge(row)

    async def purge(self, expired_before: datetime, limit: int) -> int:
        """Delete the rows that expired first."""
        return await self._connection.execute(
            _PURGE, {"expired_before": expired_before, "limit": limit}
        )


def _challenge(row: Row) -> Challenge:
    account_id = row["account_id"]
    return Challenge(
        id=decode_id(row["id"]),
        purpose=row["purpose"],
        account_id=None if account_id is None else decode_id(account_id),
        details=json.loads(row["details"]),
        expires_at=decode_time(row["expires_at"]),
        created_at=decode_time(row["created_at"]),
    )
