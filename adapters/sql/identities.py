"""Linked identities in SQL."""

from collections.abc import Sequence
from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.statements import statement
from adapters.sql.values import Row, decode_id, decode_time
from domain.authentication.identities import MAX_IDENTITIES, LinkedIdentity

_INSERT = statement("""
    INSERT INTO identities (id, account_id, issuer, subject, created_at, updated_at)
    VALUES (:id, :account_id, :issuer, :subject, :created_at, :created_at)
""")

_SELECT = "SELECT id, account_id, issuer, subject, created_at FROM identities"

_FIND = statement(_SELECT + " WHERE issuer = :issuer AND subject = :subject")

_SELECT_OF = statement(_SELECT + " WHERE account_id = :account_id ORDER BY id LIMIT :limit")

_DELETE = statement("DELETE FROM identities WHERE id = :id AND account_id = :account_id")


class SQLIdentities:
    """The linked identities that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, identity: LinkedIdentity) -> None:
        """Insert the row."""
        await self._connection.execute(
            _INSERT,
            {
                "id": identity.id,
                "account_id": identity.account_id,
                "issuer": identity.issuer.encode(),
                "subject": identity.subject.encode(),
                "created_at": identity.created_at,
            },
        )

    async def find(self, issuer: str, subject: str) -> LinkedIdentity | None:
        """Select one row."""
        row = await self._connection.fetch_one(
            _FIND, {"issuer": issuer.encode(), "subject": subject.encode()}
        )
        return None if row is None else _identity(row)

    async def of(self, account_id: UUID) -> Sequence[LinkedIdentity]:
        """Select all rows of an account."""
        rows = await self._connection.fetch_all(
            _SELECT_OF, {"account_id": account_id, "limit": MAX_IDENTITIES}
        )
        return [_identity(row) for row in rows]

    async def remove(self, account_id: UUID, identity_id: UUID) -> bool:
        """Delete one row."""
        found = await self._connection.execute(
            _DELETE, {"account_id": account_id, "id": identity_id}
        )
        return found > 0


def _identity(row: Row) -> LinkedIdentity:
    return LinkedIdentity(
        id=decode_id(row["id"]),
        account_id=decode_id(row["account_id"]),
        issuer=row["issuer"].decode(),
        subject=row["subject"].decode(),
        created_at=decode_time(row["created_at"]),
    )
