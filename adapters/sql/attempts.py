"""Attempts in SQL: what is counted there is kept, and holds for all processes."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from adapters.sql.connection import Connection, Database
from adapters.sql.statements import FOR_UPDATE, Fragment, statement
from adapters.sql.transactions import repeated, transaction
from adapters.sql.values import Parameter
from domain.limits.entities import Charge, Verdict, judge
from domain.ports import Clock

Result = TypeVar("Result")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# MySQL locks the row, also one that is there already.
_ENSURE = statement(
    """
    INSERT INTO attempts (limit_name, caller_hash, whole_at, created_at, updated_at)
    VALUES (:limit_name, :caller_hash, 0, :now, :now)
    {keep}
    """,
    keep=Fragment(
        mysql="ON DUPLICATE KEY UPDATE whole_at = whole_at", sqlite="ON CONFLICT DO NOTHING"
    ),
)

_SELECT = statement(
    """
    SELECT whole_at
      FROM attempts
     WHERE limit_name = :limit_name
       AND caller_hash = :caller_hash
    {for_update}
    """,
    for_update=FOR_UPDATE,
)

_KEEP = statement("""
    UPDATE attempts
       SET whole_at = :whole_at,
           updated_at = :now
     WHERE limit_name = :limit_name
       AND caller_hash = :caller_hash
""")

_GIVE_BACK = statement("""
    UPDATE attempts
       SET whole_at = whole_at - :given_back,
           updated_at = :now
     WHERE limit_name = :limit_name
       AND caller_hash = :caller_hash
""")

_PURGE = statement(
    "DELETE FROM attempts {oldest}",
    oldest=Fragment(
        mysql="WHERE whole_at < :now ORDER BY whole_at LIMIT :limit",
        sqlite="""
            WHERE (limit_name, caller_hash) IN (
                SELECT limit_name, caller_hash
                  FROM attempts
                 WHERE whole_at < :now
                 ORDER BY whole_at
                 LIMIT :limit)
        """,
    ),
)


class SQLAttempts:
    """Counts in transactions of its own, whatever becomes of the attempts.

    The rows of one take are locked in the order of their keys, by every process alike, so takes
    never wait for one another in a circle. Time is that of the process: where the clocks of two
    differ by a second, so do their counts, of limits whose requests come back in minutes.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def take(self, charges: Sequence[Charge]) -> list[Verdict]:
        """Lock the rows, and update them if all limits allow it."""
        return await self._run(lambda connection: self._take(connection, charges))

    async def give_back(self, charges: Sequence[Charge]) -> None:
        """Update the rows."""

        async def give_back(connection: Connection) -> None:
            for _, charge in _in_order(charges):
                given_back = {**_key(charge), "given_back": charge.limit.interval}
                await connection.execute(_GIVE_BACK, {**given_back, "now": self._clock.now()})

        await self._run(give_back)

    async def purge(self, limit: int) -> int:
        """Delete the rows whose times are over."""
        now = _microseconds(self._clock.now())
        return await self._run(lambda rows: rows.execute(_PURGE, {"now": now, "limit": limit}))

    async def _run(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        async def once() -> Result:
            async with transaction(self._database) as connection:
                return await work(connection)

        return await repeated(once)

    async def _take(self, connection: Connection, charges: Sequence[Charge]) -> list[Verdict]:
        locked = {
            place: await self._locked(connection, charge) for place, charge in _in_order(charges)
        }
        now = _microseconds(self._clock.now())
        backlogs = [
            # More than the capacity comes of a clock that was ahead, or of a limit that was higher.
            min(max(0, locked[place] - now), charge.limit.capacity)
            for place, charge in enumerate(charges)
        ]
        verdicts = judge(charges, backlogs)
        made = all(verdict.allowed for verdict in verdicts)
        for place, charge in enumerate(charges):
            whole_at = now + backlogs[place] + (charge.limit.interval if made else 0)
            if made or whole_at < locked[place]:
                await self._keep(connection, charge, whole_at)
        return verdicts

    async def _keep(self, connection: Connection, charge: Charge, whole_at: int) -> None:
        kept = {**_key(charge), "whole_at": whole_at}
        await connection.execute(_KEEP, {**kept, "now": self._clock.now()})

    async def _locked(self, connection: Connection, charge: Charge) -> int:
        await connection.execute(_ENSURE, {**_key(charge), "now": self._clock.now()})
        (row,) = await connection.fetch_all(_SELECT, _key(charge))
        return int(row["whole_at"])


def _in_order(charges: Sequence[Charge]) -> list[tuple[int, Charge]]:
    return sorted(enumerate(charges), key=lambda it: (it[1].limit.name, _hash(it[1].caller)))


def _key(charge: Charge) -> dict[str, Parameter]:
    return {"limit_name": charge.limit.name, "caller_hash": _hash(charge.caller)}


def _hash(caller: str) -> bytes:
    return hashlib.sha256(caller.encode()).digest()


def _microseconds(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)
