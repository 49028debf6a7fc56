"""Kept answers in SQL."""

import json
from datetime import datetime

from adapters.sql.connection import Connection, Deadlock, LockTimeout
from adapters.sql.statements import first_rows, statement
from adapters.sql.values import Row
from domain.errors import Conflict
from domain.idempotency.entities import Claim, KeptAnswer, KeptRequest
from domain.idempotency.errors import RequestInProgress

_INSERT = statement("""
    INSERT INTO idempotency_keys
           (caller, idempotency_key, fingerprint, created_at, updated_at)
    VALUES (:caller, :key, :fingerprint, :now, :now)
""")

_SELECT = statement("""
    SELECT fingerprint, status, headers, body
      FROM idempotency_keys
     WHERE caller = :caller
       AND idempotency_key = :key
""")

_UPDATE = statement("""
    UPDATE idempotency_keys
       SET status = :status,
           headers = :headers,
           body = :body,
           updated_at = :now
     WHERE caller = :caller
       AND idempotency_key = :key
""")

_PURGE = statement(
    "DELETE FROM idempotency_keys {oldest}",
    oldest=first_rows(
        "idempotency_keys", where="created_at < :claimed_before", order_by="created_at", key="rowid"
    ),
)


class SQLKeptAnswers:
    """The kept answers that share a connection.

    The row of a claim is inserted before the unit's work, so a twin's insertion waits for it, and
    gets its answer with its commit; a row without an answer is seen by its own transaction only.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def claim(self, claim: Claim, now: datetime) -> KeptRequest | None:
        """Insert the key's row, or select the one that is there."""
        key = {"caller": claim.caller, "key": claim.key}
        try:
            await self._connection.execute(
                _INSERT, {**key, "fingerprint": claim.fingerprint, "now": now}
            )
        except Conflict:
            row = await self._connection.fetch_one(_SELECT, key)
            if row is None:
                raise
            return _kept_request(row)
        except (Deadlock, LockTimeout) as error:
            # A claim is the first thing that its transaction locks, so nobody but twins can be in
            # a deadlock with it: several that waited for one that failed.
            raise RequestInProgress(claim.key) from error
        return None

    async def keep(self, claim: Claim, answer: KeptAnswer, now: datetime) -> None:
        """Put the answer into the claimed row."""
        await self._connection.execute_later(
            _UPDATE,
            {
                "caller": claim.caller,
                "key": claim.key,
                "status": answer.status,
                "headers": json.dumps(answer.headers, separators=(",", ":")),
                "body": answer.body,
                "now": now,
            },
        )

    async def purge(self, claimed_before: datetime, limit: int) -> int:
        """Delete the oldest rows."""
        return await self._connection.execute(
            _PURGE, {"claimed_before": claimed_before, "limit": limit}
        )


def _kept_request(row: Row) -> KeptRequest:
    headers = tuple((name, value) for name, value in json.loads(row["headers"]))
    return KeptRequest(row["fingerprint"], KeptAnswer(row["status"], headers, row["body"]))
