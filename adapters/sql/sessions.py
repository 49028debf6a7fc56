"""Sessions in SQL."""

from datetime import datetime
from functools import cache
from uuid import UUID

from adapters.sql.choices import chosen_by
from adapters.sql.connection import Connection
from adapters.sql.statements import FOR_UPDATE, Statement, first_rows, statement
from adapters.sql.values import Parameter, Row, decode_id, decode_optional_time, decode_time
from domain.authentication.entities import Method, RefreshState, Session

_INSERT = statement("""
    INSERT INTO sessions
           (id, account_id, refresh_family, refresh_current, refresh_previous, refresh_nonce,
            rotated_at, device, address, methods, authenticated_at, last_seen_at, expires_at,
            ended_at, created_at, updated_at)
    VALUES (:id, :account_id, :refresh_family, :refresh_current, :refresh_previous, :refresh_nonce,
            :rotated_at, :device, :address, :methods, :authenticated_at, :last_seen_at, :expires_at,
            :ended_at, :created_at, :created_at)
""")

_SELECT = """
    SELECT id, account_id, refresh_family, refresh_current, refresh_previous, refresh_nonce,
           rotated_at, device, address, methods, authenticated_at, last_seen_at, expires_at,
           ended_at, created_at
      FROM sessions
"""

_SELECT_FOR_UPDATE = statement(_SELECT + " WHERE id = :id {for_update}", for_update=FOR_UPDATE)

_LIVE = "account_id = :account_id AND ended_at IS NULL AND expires_at > :now"

_SELECT_LIVE = statement(
    f"{_SELECT} WHERE {_LIVE} ORDER BY last_seen_at DESC, id DESC LIMIT :limit"
)

_UPDATE = statement("""
    UPDATE sessions
       SET refresh_family = :refresh_family,
           refresh_current = :refresh_current,
           refresh_previous = :refresh_previous,
           refresh_nonce = :refresh_nonce,
           rotated_at = :rotated_at,
           device = :device,
           address = :address,
           methods = :methods,
           authenticated_at = :authenticated_at,
           last_seen_at = :last_seen_at,
           expires_at = :expires_at,
           ended_at = :ended_at,
           updated_at = :updated_at
     WHERE id = :id
""")

# A new session's foreign key waits for this lock, so none is added while all are ended.
_LOCK_ACCOUNT = statement(
    "SELECT id, version FROM accounts WHERE id = :account_id {for_update}", for_update=FOR_UPDATE
)

_SELECT_LIVE_IDS = statement(f"SELECT id FROM sessions WHERE {_LIVE} ORDER BY id")  # noqa: S608 - a literal.

_PURGE_ENDED = statement(
    "DELETE FROM sessions {oldest}",
    oldest=first_rows("sessions", where="ended_at < :ended_before", order_by="ended_at"),
)

_PURGE_EXPIRED = statement(
    "DELETE FROM sessions {oldest}",
    oldest=first_rows("sessions", where="expires_at < :ended_before", order_by="expires_at"),
)


@cache
def _end(chosen: str) -> Statement:
    return statement(f"""
        UPDATE sessions
           SET ended_at = :now,
               updated_at = :now
         WHERE id IN ({chosen})
           AND ended_at IS NULL
    """)  # noqa: S608 - names of parameters.


class SQLSessions:
    """The sessions that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, session: Session) -> None:
        """Insert a row."""
        details = {
            **_details(session),
            "account_id": session.account_id,
            "created_at": session.created_at,
        }
        await self._connection.execute(_INSERT, details)

    async def get_for_change(self, session_id: UUID) -> Session | None:
        """Select one row and lock it."""
        row = await self._connection.fetch_one(_SELECT_FOR_UPDATE, {"id": session_id})
        return None if row is None else _session(row)

    async def save(self, session: Session, now: datetime) -> None:
        """Update the row."""
        await self._connection.execute(_UPDATE, {**_details(session), "updated_at": now})

    async def live_of(self, account_id: UUID, now: datetime, limit: int) -> list[Session]:
        """Select the rows that are live."""
        rows = await self._connection.fetch_all(
            _SELECT_LIVE, {"account_id": account_id, "now": now, "limit": limit}
        )
        return [_session(row) for row in rows]

    async def end_all(self, account_id: UUID, now: datetime, *, but: UUID | None) -> list[UUID]:
        """Lock the account, and update the rows by their ids.

        Whoever refreshes one of them locks it by its id too, before its entries in other indexes:
        the same order, so neither waits for the other in a circle.
        """
        await self._connection.fetch_one(_LOCK_ACCOUNT, {"account_id": account_id})
        rows = await self._connection.fetch_all(
            _SELECT_LIVE_IDS, {"account_id": account_id, "now": now}
        )
        ended = [found for row in rows if (found := decode_id(row["id"])) != but]
        for chosen, parameters in chosen_by(ended):
            await self._connection.execute(_end(chosen), {**parameters, "now": now})
        return ended

    async def purge(self, ended_before: datetime, limit: int) -> int:
        """Delete rows that ended, then rows that expired."""
        purged = 0
        for purge in (_PURGE_ENDED, _PURGE_EXPIRED):
            purged += await self._connection.execute(
                purge, {"ended_before": ended_before, "limit": limit - purged}
            )
        return purged


def _details(session: Session) -> dict[str, Parameter]:
    refresh = session.refresh
    return {
        "id": session.id,
        "refresh_family": refresh.family,
        "refresh_current": refresh.current,
        "refresh_previous": refresh.previous,
        "refresh_nonce": refresh.nonce,
        "rotated_at": refresh.rotated_at,
        "device": session.device,
        "address": session.address,
        "methods": " ".join(session.methods),
        "authenticated_at": session.authenticated_at,
        "last_seen_at": session.last_seen_at,
        "expires_at": session.expires_at,
        "ended_at": session.ended_at,
    }


def _session(row: Row) -> Session:
    return Session(
        id=decode_id(row["id"]),
        account_id=decode_id(row["account_id"]),
        refresh=RefreshState(
            family=row["refresh_family"],
            current=row["refresh_current"],
            previous=row["refresh_previous"],
            nonce=row["refresh_nonce"],
            rotated_at=decode_time(row["rotated_at"]),
        ),
        device=row["device"],
        address=row["address"],
        methods=tuple(Method(name) for name in row["methods"].split()),
        authenticated_at=decode_time(row["authenticated_at"]),
        last_seen_at=decode_time(row["last_seen_at"]),
        expires_at=decode_time(row["expires_at"]),
        created_at=decode_time(row["created_at"]),
        ended_at=decode_optional_time(row["ended_at"]),
    )
