"""Secrets for codes, and recovery codes, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.statements import FOR_UPDATE, Fragment, first_rows, statement
from adapters.sql.values import Parameters, Row, decode_id, decode_optional_time, decode_time
from domain.authentication.factors import TOTPSecret

_SELECT = """
    SELECT account_id, sealed, confirmed_at, last_step, created_at
      FROM totp_secrets
     WHERE account_id = :account_id
"""

_SELECT_ONE = statement(_SELECT)

_SELECT_FOR_UPDATE = statement(_SELECT + " {for_update}", for_update=FOR_UPDATE)

_PUT_SECRET = statement(
    """
    INSERT INTO totp_secrets (account_id, sealed, confirmed_at, last_step, created_at, updated_at)
    VALUES (:account_id, :sealed, :confirmed_at, :last_step, :created_at, :now)
    {replace}
    """,
    replace=Fragment(
        mysql="""ON DUPLICATE KEY UPDATE sealed = VALUES(sealed),
                        confirmed_at = VALUES(confirmed_at), last_step = VALUES(last_step),
                        created_at = VALUES(created_at), updated_at = VALUES(updated_at)""",
        sqlite="""ON CONFLICT (account_id)
               DO UPDATE SET sealed = excluded.sealed, confirmed_at = excluded.confirmed_at,
                             last_step = excluded.last_step, created_at = excluded.created_at,
                             updated_at = excluded.updated_at""",
    ),
)

_DELETE_SECRET = statement("DELETE FROM totp_secrets WHERE account_id = :account_id")

_PURGE_UNCONFIRMED = statement(
    "DELETE FROM totp_secrets {oldest}",
    oldest=first_rows(
        "totp_secrets",
        where="confirmed_at IS NULL AND created_at < :created_before",
        order_by="created_at",
        key="account_id",
    ),
)

_INSERT_CODE = statement("""
    INSERT INTO recovery_codes (account_id, hash, created_at, updated_at)
    VALUES (:account_id, :hash, :now, :now)
""")

_DELETE_CODES = statement("DELETE FROM recovery_codes WHERE account_id = :account_id")

_DELETE_CODE = statement("""
    DELETE FROM recovery_codes
     WHERE account_id = :account_id
       AND hash = :hash
""")

_COUNT_CODES = statement("""
    SELECT COUNT(*) AS number
      FROM recovery_codes
     WHERE account_id = :account_id
""")


class SQLTOTPSecrets:
    """The secrets for codes that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, account_id: UUID) -> TOTPSecret | None:
        """Select one row."""
        row = await self._connection.fetch_one(_SELECT_ONE, {"account_id": account_id})
        return None if row is None else _secret(row)

    async def get_for_change(self, account_id: UUID) -> TOTPSecret | None:
        """Select one row and lock it."""
        row = await self._connection.fetch_one(_SELECT_FOR_UPDATE, {"account_id": account_id})
        return None if row is None else _secret(row)

    async def put(self, secret: TOTPSecret, now: datetime) -> None:
        """Insert the row, or update it."""
        await self._connection.execute(
            _PUT_SECRET,
            {
                "account_id": secret.account_id,
                "sealed": secret.sealed,
                "confirmed_at": secret.confirmed_at,
                "last_step": secret.last_step,
                "created_at": secret.created_at,
                "now": now,
            },
        )

    async def remove(self, account_id: UUID) -> bool:
        """Delete the row."""
        return bool(await self._connection.execute(_DELETE_SECRET, {"account_id": account_id}))

    async def purge_unconfirmed(self, created_before: datetime, limit: int) -> int:
        """Delete the oldest rows that were not confirmed."""
        return await self._connection.execute(
            _PURGE_UNCONFIRMED, {"created_before": created_before, "limit": limit}
        )


class SQLRecoveryCodes:
    """The recovery codes that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def replace(self, account_id: UUID, hashes: Sequence[bytes], now: datetime) -> None:
        """Delete the account's rows, and insert others."""
        await self._connection.execute(_DELETE_CODES, {"account_id": account_id})
        if hashes:
            rows: list[Parameters] = [
                {"account_id": account_id, "hash": hashed, "now": now} for hashed in hashes
            ]
            await self._connection.insert(_INSERT_CODE, rows)

    async def use(self, account_id: UUID, hashed: bytes) -> bool:
        """Delete one row."""
        found = await self._connection.execute(
            _DELETE_CODE, {"account_id": account_id, "hash": hashed}
        )
        return bool(found)

    async def count(self, account_id: UUID) -> int:
        """Count the account's rows."""
        row = await self._connection.fetch_one(_COUNT_CODES, {"account_id": account_id})
        return 0 if row is None else int(row["number"])


def _secret(row: Row) -> TOTPSecret:
    return TOTPSecret(
        account_id=decode_id(row["account_id"]),
        sealed=row["sealed"],
        confirmed_at=decode_optional_time(row["confirmed_at"]),
        last_step=row["last_step"],
        created_at=decode_time(row["created_at"]),
    )
