"""Passkeys in SQL."""

from datetime import datetime
from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.statements import FOR_UPDATE, statement
from adapters.sql.values import Row, decode_id, decode_optional_time, decode_time
from domain.authentication.factors import Credential, Passkey

_INSERT = statement("""
    INSERT INTO passkeys
           (id, account_id, credential_id, public_key, sign_count, name, transports, last_used_at,
            created_at, updated_at)
    VALUES (:id, :account_id, :credential_id, :public_key, :sign_count, :name, :transports,
            :last_used_at, :created_at, :created_at)
""")

_SELECT = """
    SELECT id, account_id, credential_id, public_key, sign_count, name, transports, last_used_at,
           created_at
      FROM passkeys
"""

_FIND_FOR_UPDATE = statement(
    _SELECT + " WHERE credential_id = :credential_id {for_update}", for_update=FOR_UPDATE
)

# An account has few of them: the use-cases see to that.
_SELECT_OF_ACCOUNT = statement(_SELECT + " WHERE account_id = :account_id ORDER BY id")

_UPDATE = statement("""
    UPDATE passkeys
       SET sign_count = :sign_count,
           last_used_at = :now,
           updated_at = :now
     WHERE id = :id
""")

_DELETE = statement("DELETE FROM passkeys WHERE id = :id AND account_id = :account_id")


class SQLPasskeys:
    """The passkeys that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, passkey: Passkey) -> None:
        """Insert the row."""
        await self._connection.execute(
            _INSERT,
            {
                "id": passkey.id,
                "account_id": passkey.account_id,
                "credential_id": passkey.credential.credential_id,
                "public_key": passkey.credential.public_key,
                "sign_count": passkey.credential.sign_count,
                "name": passkey.name,
                "transports": " ".join(passkey.credential.transports),
                "last_used_at": passkey.last_used_at,
                "created_at": passkey.created_at,
            },
        )

    async def find_for_change(self, credential_id: bytes) -> Passkey | None:
        """Select one row and lock it."""
        row = await self._connection.fetch_one(_FIND_FOR_UPDATE, {"credential_id": credential_id})
        return None if row is None else _passkey(row)

    async def of(self, account_id: UUID) -> list[Passkey]:
        """Select an account's rows."""
        rows = await self._connection.fetch_all(_SELECT_OF_ACCOUNT, {"account_id": account_id})
        return [_passkey(row) for row in rows]

    async def used(self, passkey_id: UUID, sign_count: int, now: datetime) -> None:
        """Update the row."""
        await self._connection.execute(
            _UPDATE, {"id": passkey_id, "sign_count": sign_count, "now": now}
        )

    async def remove(self, account_id: UUID, passkey_id: UUID) -> bool:
        """Delete the row, if it is the account's."""
        found = await self._connection.execute(
            _DELETE, {"id": passkey_id, "account_id": account_id}
        )
        return bool(found)


def _passkey(row: Row) -> Passkey:
    return Passkey(
        id=decode_id(row["id"]),
        account_id=decode_id(row["account_id"]),
        name=row["name"],
        credential=Credential(
            credential_id=row["credential_id"],
            public_key=row["public_key"],
            sign_count=row["sign_count"],
            transports=tuple(row["transports"].split()),
        ),
        created_at=decode_time(row["created_at"]),
        last_used_at=decode_optional_time(row["last_used_at"]),
    )
