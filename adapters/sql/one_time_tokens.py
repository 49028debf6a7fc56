"""One-time tokens in SQL, by their hashes."""

from datetime import datetime
from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.statements import first_rows, statement
from adapters.sql.values import Row, decode_id, decode_time
from domain.accounts.values import email_key
from domain.authentication.one_time_tokens import OneTimeToken, Purpose

_INSERT = statement("""
    INSERT INTO one_time_tokens
           (hash, purpose, account_id, email, email_key, password_hash, name, expires_at,
            created_at, updated_at)
    VALUES (:hash, :purpose, :account_id, :email, :email_key, :password_hash, :name, :expires_at,
            :created_at, :created_at)
""")

_SELECT = """
    SELECT purpose, account_id, email, password_hash, name, created_at
      FROM one_time_tokens
"""

_SELECT_ONE = statement(
    _SELECT + " WHERE hash = :hash AND purpose = :purpose AND expires_at > :now"
)

_SELECT_NEWEST = statement(
    _SELECT
    + """
     WHERE email_key = :email_key
       AND purpose = :purpose
       AND expires_at > :now
     ORDER BY created_at DESC
     LIMIT 1
    """
)

_TAKE = statement("DELETE FROM one_time_tokens WHERE hash = :hash")

_DISCARD_OF_ACCOUNT = statement("DELETE FROM one_time_tokens WHERE account_id = :account_id")

_DISCARD_SENT_TO = statement("DELETE FROM one_time_tokens WHERE email_key = :email_key")

_PURGE = statement(
    "DELETE FROM one_time_tokens {oldest}",
    oldest=first_rows(
        "one_time_tokens", where="expires_at < :expired_before", order_by="expires_at", key="hash"
    ),
)


class SQLOneTimeTokens:
    """The one-time tokens that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, hashed: bytes, token: OneTimeToken) -> None:
        """Insert its row."""
        await self._connection.execute(
            _INSERT,
            {
                "hash": hashed,
                "purpose": token.purpose,
                "account_id": token.account_id,
                "email": token.email,
                "email_key": email_key(token.email).encode(),
                "password_hash": token.password_hash,
                "name": token.name,
                "expires_at": token.expires_at,
                "created_at": token.created_at,
            },
        )

    async def get(self, hashed: bytes, purpose: Purpose, now: datetime) -> OneTimeToken | None:
        """Select its row."""
        row = await self._connection.fetch_one(
            _SELECT_ONE, {"hash": hashed, "purpose": purpose, "now": now}
        )
        return None if row is None else _token(row)

    async def take(self, hashed: bytes, purpose: Purpose, now: datetime) -> OneTimeToken | None:
        """Delete its row: who finds it there to delete has it."""
        token = await self.get(hashed, purpose, now)
        if token is None or not await self._connection.execute(_TAKE, {"hash": hashed}):
            return None
        return token

    async def newest(self, purpose: Purpose, email: str, now: datetime) -> OneTimeToken | None:
        """Select the newest row of the address's key."""
        row = await self._connection.fetch_one(
            _SELECT_NEWEST, {"purpose": purpose, "email_key": email_key(email).encode(), "now": now}
        )
        return None if row is None else _token(row)

    async def discard_of_account(self, account_id: UUID) -> None:
        """Delete an account's rows."""
        await self._connection.execute(_DISCARD_OF_ACCOUNT, {"account_id": account_id})

    async def discard_sent_to(self, email: str) -> None:
        """Delete the rows of the address's key."""
        await self._connection.execute(_DISCARD_SENT_TO, {"email_key": email_key(email).encode()})

    async def purge(self, expired_before: datetime, limit: int) -> int:
        """Delete expired rows."""
        return await self._connection.execute(
            _PURGE, {"expired_before": expired_before, "limit": limit}
        )


def _token(row: Row) -> OneTimeToken:
    return OneTimeToken(
        purpose=Purpose(row["purpose"]),
        account_id=None if row["account_id"] is None else decode_id(row["account_id"]),
        email=row["email"],
        password_hash=row["password_hash"],
        name=row["name"],
        created_at=decode_time(row["created_at"]),
    )
