"""What the SQL stores read of API keys when they decide about requests."""

from datetime import timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from adapters.sql.connection import Database
from adapters.sql.statements import statement
from adapters.sql.unit_of_work import SQLStores
from domain.authentication.entities import MAX_KEYS, KeyAccess
from domain.permissions import Permission
from tests.contracts.test_accounts import NOW, make_account
from tests.contracts.test_sessions import make_session

_INSERT = statement("""
    INSERT INTO api_keys
           (id, account_id, name, secret_hash, permissions, expires_at, last_used_at, created_at,
            updated_at)
    VALUES (:id, :account_id, 'a key', :secret_hash, :permissions, :expires_at, :last_used_at, :now,
            :now)
""")
MOMENT = timedelta(microseconds=1)


@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)])
def database(request: pytest.FixtureRequest) -> Database:
    adapter: Database = request.getfixturevalue(request.param)
    return adapter


async def test_live_keys_are_read_beside_the_sessions(database: Database) -> None:
    account = make_account()
    session = make_session(account.id)
    whole, bare, expired = uuid7(), UUID(bytes=b"k" * 15 + b"\0"), uuid7()
    async with database.writing() as connection:
        stores = SQLStores(connection)
        await stores.accounts.add(account)
        await stores.sessions.add(session)
        row = {"account_id": account.id, "secret_hash": b"\0" * 32, "now": NOW}
        nothing = {"permissions": "", "expires_at": None, "last_used_at": None}
        permissions = f"{Permission.CHANGE_CATALOGUE} {Permission.READ_ACTIVITY}"
        times = {"expires_at": NOW + MOMENT, "last_used_at": NOW - MOMENT}
        await connection.insert(
            _INSERT,
            [
                {**row, **times, "id": whole, "permissions": permissions},
                {**row, **nothing, "id": bare},
                {**row, **nothing, "id": expired, "expires_at": NOW},
            ],
        )

        access = await stores.accesses.get(account.id, NOW)

    assert access is not None
    assert access.sessions == {session.id: session.expires_at}
    assert access.keys == {
        whole: KeyAccess(
            secret_hash=b"\0" * 32,
            permissions=frozenset({Permission.CHANGE_CATALOGUE, Permission.READ_ACTIVITY}),
            expires_at=NOW + MOMENT,
            last_used_at=NOW - MOMENT,
        ),
        bare: KeyAccess(
            secret_hash=b"\0" * 32, permissions=frozenset(), expires_at=None, last_used_at=None
        ),
    }


async def test_the_keys_are_bounded(database: Database) -> None:
    account = make_account()
    async with database.writing() as connection:
        stores = SQLStores(connection)
        await stores.accounts.add(account)
        row = {
            "account_id": account.id,
            "secret_hash": b"s" * 32,
            "permissions": "",
            "expires_at": None,
            "last_used_at": None,
            "now": NOW,
        }
        await connection.insert(_INSERT, [{**row, "id": uuid7()} for _ in range(MAX_KEYS + 1)])

        access = await stores.accesses.get(account.id, NOW)

    assert access is not None
    assert len(access.keys) == MAX_KEYS
