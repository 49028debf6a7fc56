"""Accounts in SQL, with the hashes of their passwords."""

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.lists import Condition, ListedTable
from adapters.sql.statements import FOR_UPDATE, Fragment, first_rows, statement
from adapters.sql.values import Parameter, Row, decode_id, decode_optional_time, decode_time
from adapters.sql.words import SQLWords
from domain.accounts.entities import Account
from domain.accounts.errors import EmailTaken
from domain.accounts.queries import AccountQuery, AccountSort, words_of_account
from domain.accounts.values import email_key
from domain.errors import Conflict
from domain.pagination import Page, PageRequest
from domain.permissions import Role
from domain.text import words_of

_WORDS = SQLWords("account_words")

_INSERT = statement("""
    INSERT INTO accounts
           (id, email, email_key, name, role, verified_at, disabled_at, version, created_at,
            updated_at)
    VALUES (:id, :email, :email_key, :name, :role, :verified_at, :disabled_at, :version,
            :created_at, :updated_at)
""")

_SELECT = """
    SELECT id, email, email_key, name, role, verified_at, disabled_at, version, created_at,
           updated_at
      FROM accounts
"""

_SELECT_ONE = statement(_SELECT + " WHERE id = :id AND deleted_at IS NULL")

_SELECT_FOR_UPDATE = statement(
    _SELECT + " WHERE id = :id AND deleted_at IS NULL {for_update}", for_update=FOR_UPDATE
)

_HOLD_ACTIVE = statement(
    """
    SELECT id, version
      FROM accounts {by_role}
     WHERE deleted_at IS NULL
       AND role = :role
       AND verified_at IS NOT NULL
       AND disabled_at IS NULL
     ORDER BY id
     LIMIT :limit
    {for_update}
    """,
    # Rows are locked as they are read: by another index these would be all accounts.
    by_role=Fragment(mysql="FORCE INDEX (accounts_role)", sqlite=""),
    for_update=FOR_UPDATE,
)

_FIND = statement(_SELECT + " WHERE live_email_key = :email_key")

_LIST = ListedTable("accounts", _SELECT, words="account_words")

_COLUMNS = {
    AccountSort.CREATED_AT: None,
    AccountSort.EMAIL: "email_key",
    AccountSort.UPDATED_AT: "updated_at",
}

_UPDATE = statement("""
    UPDATE accounts
       SET email = :email,
           email_key = :email_key,
           name = :name,
           role = :role,
           verified_at = :verified_at,
           disabled_at = :disabled_at,
           version = :version,
           updated_at = :updated_at
     WHERE id = :id
       AND version = :version - 1
       AND deleted_at IS NULL
""")

_DELETE = statement("""
    UPDATE accounts
       SET deleted_at = :deleted_at,
           updated_at = :deleted_at
     WHERE id = :id
       AND deleted_at IS NULL
""")

_PURGE = statement(
    "DELETE FROM accounts {oldest}",
    oldest=first_rows("accounts", where="deleted_at < :deleted_before", order_by="deleted_at"),
)

_SELECT_PASSWORD = statement("SELECT hash FROM passwords WHERE account_id = :account_id")

_PUT_PASSWORD = statement(
    """
    INSERT INTO passwords (account_id, hash, created_at, updated_at)
    VALUES (:account_id, :hash, :now, :now)
    {replace}
    """,
    replace=Fragment(
        mysql="ON DUPLICATE KEY UPDATE hash = VALUES(hash), updated_at = VALUES(updated_at)",
        sqlite="""ON CONFLICT (account_id)
               DO UPDATE SET hash = excluded.hash, updated_at = excluded.updated_at""",
    ),
)


class SQLAccounts:
    """The accounts that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, account: Account) -> None:
        """Insert the account's row and its words."""
        details = {**_details(account), "created_at": account.created_at}
        try:
            await self._connection.execute(_INSERT, details)
        except Conflict as error:
            await self._raise_taken(account, error)
        await _WORDS.add(self._connection, {account.id: words_of(words_of_account(account))})

    async def get(self, account_id: UUID) -> Account | None:
        """Select one row."""
        row = await self._connection.fetch_one(_SELECT_ONE, {"id": account_id})
        return None if row is None else _account(row)

    async def get_for_change(self, account_id: UUID) -> Account | None:
        """Select one row and lock it."""
        row = await self._connection.fetch_one(_SELECT_FOR_UPDATE, {"id": account_id})
        return None if row is None else _account(row)

    async def hold_active(self, role: Role, limit: int) -> Sequence[UUID]:
        """Select rows and lock them."""
        rows = await self._connection.fetch_all(_HOLD_ACTIVE, {"role": role, "limit": limit})
        return [decode_id(row["id"]) for row in rows]

    async def find(self, email: str) -> Account | None:
        """Select the row with the address's key."""
        row = await self._connection.fetch_one(_FIND, {"email_key": email_key(email).encode()})
        return None if row is None else _account(row)

    async def save(self, account: Account) -> None:
        """Update the row of the version before, and its words."""
        try:
            found = await self._connection.execute(_UPDATE, _details(account))
        except Conflict as error:
            await self._raise_taken(account, error)
        if not found:
            raise Conflict(f"Account {account.id} is no longer at version {account.version - 1}.")
        words = words_of(words_of_account(account))
        await _WORDS.replace(self._connection, account.id, words)

    async def delete(self, account_id: UUID, deleted_at: datetime) -> None:
        """Mark the row as deleted."""
        await self._connection.execute(_DELETE, {"id": account_id, "deleted_at": deleted_at})

    async def list(self, request: PageRequest, query: AccountQuery) -> Page[Account]:
        """Select the rows of a page."""
        column, conditions = _COLUMNS[query.sort], _conditions(query)
        page = await _LIST.page(self._connection, request, query, column, conditions)
        return Page([_account(row) for row in page.items], page.next_after)

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Delete rows that were marked as deleted; what belongs to them goes along."""
        return await self._connection.execute(
            _PURGE, {"deleted_before": deleted_before, "limit": limit}
        )

    async def _raise_taken(self, account: Account, error: Conflict) -> NoReturn:
        """Say whether it was the address that was taken."""
        owner = await self.find(account.email)
        if owner is not None and owner.id != account.id:
            raise EmailTaken from error
        raise error


class SQLPasswords:
    """The hashes of passwords that share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, account_id: UUID) -> str | None:
        """Select one row."""
        row = await self._connection.fetch_one(_SELECT_PASSWORD, {"account_id": account_id})
        return None if row is None else str(row["hash"])

    async def put(self, account_id: UUID, hashed: str, now: datetime) -> None:
        """Insert the row, or update it."""
        await self._connection.execute(
            _PUT_PASSWORD, {"account_id": account_id, "hash": hashed, "now": now}
        )


def _conditions(query: AccountQuery) -> list[Condition]:
    conditions = []
    if query.role is not None:
        conditions.append(Condition("role = :role", "role", query.role, served_by="accounts_role"))
    if query.is_disabled is not None:
        disabled = int(query.is_disabled)
        conditions.append(Condition("(disabled_at IS NOT NULL) = :disabled", "disabled", disabled))
    return conditions


def _details(account: Account) -> dict[str, Parameter]:
    return {
        "id": account.id,
        "email": account.email,
        "email_key": email_key(account.email).encode(),
        "name": account.name,
        "role": account.role,
        "verified_at": account.verified_at,
        "disabled_at": account.disabled_at,
        "version": account.version,
        "updated_at": account.updated_at,
    }


def _account(row: Row) -> Account:
    return Account(
        id=decode_id(row["id"]),
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        verified_at=decode_optional_time(row["verified_at"]),
        disabled_at=decode_optional_time(row["disabled_at"]),
        version=row["version"],
        created_at=decode_time(row["created_at"]),
        updated_at=decode_time(row["updated_at"]),
    )
