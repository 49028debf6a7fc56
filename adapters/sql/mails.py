"""The outbox of mails in SQL."""

from datetime import datetime
from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.statements import first_rows, statement
from adapters.sql.values import Row, decode_details, decode_id, decode_time, encode_details
from domain.mail.entities import PendingMail

_INSERT = statement("""
    INSERT INTO mails
           (id, kind, recipient, account_id, details, attempts, available_at, expires_at,
            created_at, updated_at)
    VALUES (:id, :kind, :recipient, :account_id, :details, 0, :created_at, :expires_at,
            :created_at, :created_at)
""")

_CLAIM = statement(
    """
    UPDATE mails
       SET claim = :claim,
           available_at = :until,
           attempts = attempts + 1,
           updated_at = :now
    {due}
    """,
    due=first_rows("mails", where="available_at <= :now", order_by="available_at, id"),
)

_SELECT_CLAIMED = statement("""
    SELECT id, kind, recipient, account_id, details, attempts, expires_at, created_at
      FROM mails
     WHERE claim = :claim
     ORDER BY id
""")

_POSTPONE = statement("""
    UPDATE mails
       SET claim = NULL,
           available_at = :until
     WHERE claim = :claim
       AND id = :id
""")

_COMPLETE = statement("DELETE FROM mails WHERE claim = :claim AND id = :id")

_RELEASE = statement("""
    UPDATE mails
       SET claim = NULL,
           available_at = :now
     WHERE claim = :claim
""")


class SQLMails:
    """Both sides of the outbox of mails, as SQLOutbox is of events."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.has_added = False

    async def add(self, *mails: PendingMail) -> None:
        """Insert the mails' rows."""
        rows = [
            {
                "id": mail.id,
                "kind": mail.kind,
                "recipient": mail.recipient,
                "account_id": mail.account_id,
                "details": encode_details(mail.details),
                "expires_at": mail.expires_at,
                "created_at": mail.created_at,
            }
            for mail in mails
        ]
        await self._connection.insert(_INSERT, rows)
        self.has_added = True

    async def claim(
        self, claim: UUID, now: datetime, until: datetime, limit: int
    ) -> list[PendingMail]:
        """Put the claim on the rows that are due, and select them."""
        claimed = await self._connection.execute(
            _CLAIM, {"claim": claim, "now": now, "until": until, "limit": limit}
        )
        if not claimed:
            return []
        rows = await self._connection.fetch_all(_SELECT_CLAIMED, {"claim": claim})
        return [_mail(row) for row in rows]

    async def postpone(self, claim: UUID, mail_id: UUID, until: datetime) -> None:
        """Take the claim off one row."""
        await self._connection.execute(_POSTPONE, {"claim": claim, "id": mail_id, "until": until})

    async def complete(self, claim: UUID, mail_id: UUID) -> None:
        """Delete one claimed row."""
        await self._connection.execute(_COMPLETE, {"claim": claim, "id": mail_id})

    async def release(self, claim: UUID, now: datetime) -> None:
        """Take the claim off its rows."""
        await self._connection.execute(_RELEASE, {"claim": claim, "now": now})


def _mail(row: Row) -> PendingMail:
    return PendingMail(
        id=decode_id(row["id"]),
        kind=row["kind"],
        recipient=row["recipient"],
        account_id=None if row["account_id"] is None else decode_id(row["account_id"]),
        details=decode_details(row["details"]),
        created_at=decode_time(row["created_at"]),
        expires_at=decode_time(row["expires_at"]),
        attempts=row["attempts"],
    )
