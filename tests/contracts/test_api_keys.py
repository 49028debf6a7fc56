"""The contract of domain.authentication.ports.ApiKeys."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from domain.accounts.entities import Account
from domain.authentication.entities import KeyAccess
from domain.authentication.keys import KEY_NAME_MAX_LENGTH, ApiKey
from domain.errors import Conflict
from domain.permissions import Permission
from tests.contracts.conftest import AnyUnitOfWork
from tests.contracts.test_accounts import NOW, make_account
from tests.contracts.test_accounts import add as add_accounts

SECOND = timedelta(seconds=1)


def make_key(account: Account, **values: object) -> ApiKey:
    key = ApiKey(
        id=uuid7(),
        account_id=account.id,
        name="nightly import",
        secret_hash=bytes(range(32)),
        permissions=frozenset({Permission.CHANGE_CATALOGUE}),
        expires_at=None,
        last_used_at=None,
        created_at=NOW,
    )
    return replace(key, **values)


@pytest.fixture
async def account(unit_of_work: AnyUnitOfWork) -> Account:
    return await added(unit_of_work)


async def added(unit_of_work: AnyUnitOfWork) -> Account:
    account = make_account()
    await add_accounts(unit_of_work, account)
    return account


async def add(unit_of_work: AnyUnitOfWork, *keys: ApiKey) -> None:
    for key in keys:
        await unit_of_work.run(lambda stores, key=key: stores.api_keys.add(key))


async def keys_of(unit_of_work: AnyUnitOfWork, account: Account, limit: int = 99) -> list[ApiKey]:
    return await unit_of_work.read(lambda stores: stores.api_keys.of(account.id, limit))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "🙂" * KEY_NAME_MAX_LENGTH},
        {"name": 'O\'Brien \\ "%s" %(id)s :id {x} -- ;'},
        {"permissions": frozenset()},
        {"permissions": frozenset(Permission)},
        {"expires_at": NOW + timedelta(days=365), "last_used_at": NOW - timedelta(microseconds=1)},
        {"secret_hash": b"\xff" * 32},
    ],
)
async def test_a_key_is_found_as_it_was_added(
    unit_of_work: AnyUnitOfWork, account: Account, values: dict[str, object]
) -> None:
    key = make_key(account, **values)
    await add(unit_of_work, key)

    assert await keys_of(unit_of_work, account) == [key]


async def test_the_keys_of_an_account_come_in_order_and_no_others(
    unit_of_work: AnyUnitOfWork, account: Account
) -> None:
    other = await added(unit_of_work)
    keys = [make_key(account, name=str(number)) for number in range(3)]
    await add(unit_of_work, *keys[::-1], make_key(other))

    assert await keys_of(unit_of_work, account) == keys
    assert await keys_of(unit_of_work, account, 2) == keys[:2]
    assert await keys_of(unit_of_work, make_account()) == []


async def test_an_id_is_taken_once(unit_of_work: AnyUnitOfWork, account: Account) -> None:
    key = make_key(account)
    await add(unit_of_work, key)

    with pytest.raises(Conflict):
        await add(unit_of_work, replace(key, name="another"))

    assert await keys_of(unit_of_work, account) == [key]


async def test_a_key_is_removed_from_its_own_account_once(
    unit_of_work: AnyUnitOfWork, account: Account
) -> None:
    other = await added(unit_of_work)
    key, kept = make_key(account), make_key(account)
    await add(unit_of_work, key, kept)

    async def remove(owner: Account) -> bool:
        return await unit_of_work.run(lambda stores: stores.api_keys.remove(owner.id, key.id))

    assert not await remove(other)
    assert await remove(account)
    assert not await remove(account)
    assert await keys_of(unit_of_work, account) == [kept]


async def test_a_use_is_noted_unless_a_later_one_is(
    unit_of_work: AnyUnitOfWork, account: Account
) -> None:
    key, other = make_key(account), make_key(account)
    await add(unit_of_work, key, other)

    async def note(used_at: datetime, unless_since: datetime) -> bool:
        return await unit_of_work.run(
            lambda stores: stores.api_keys.note_use(key.id, used_at, unless_since=unless_since)
        )

    assert await note(NOW, NOW - SECOND)
    assert not await note(NOW + SECOND, NOW)
    assert await keys_of(unit_of_work, account) == [replace(key, last_used_at=NOW), other]
    assert await note(NOW + SECOND, NOW + SECOND)
    assert await keys_of(unit_of_work, account) == [replace(key, last_used_at=NOW + SECOND), other]


async def test_the_use_of_a_key_that_is_gone_is_not_noted(unit_of_work: AnyUnitOfWork) -> None:
    gone = make_key(make_account())

    assert not await unit_of_work.run(
        lambda stores: stores.api_keys.note_use(gone.id, NOW, unless_since=NOW)
    )


async def test_a_purge_removes_what_expired_first(
    unit_of_work: AnyUnitOfWork, account: Account
) -> None:
    ends = [None, NOW, NOW - SECOND, NOW - 2 * SECOND]
    keys = [make_key(account, expires_at=end) for end in ends]
    await add(unit_of_work, *keys)

    async def purge(limit: int) -> int:
        return await unit_of_work.run(lambda stores: stores.api_keys.purge(NOW, limit))

    assert await purge(1) == 1
    assert await keys_of(unit_of_work, account) == keys[:3]
    assert await purge(9) == 1
    assert await purge(9) == 0
    assert await keys_of(unit_of_work, account) == keys[:2]


async def test_the_keys_that_have_not_expired_decide_about_requests(
    unit_of_work: AnyUnitOfWork, account: Account
) -> None:
    eternal = make_key(account, last_used_at=NOW - SECOND, permissions=frozenset(Permission))
    last = make_key(account, expires_at=NOW + SECOND)
    await add(unit_of_work, eternal, last, make_key(account, expires_at=NOW))
    await add(unit_of_work, make_key(await added(unit_of_work)))

    access = await unit_of_work.read(lambda stores: stores.accesses.get(account.id, NOW))

    assert access is not None
    assert access.keys == {key.id: access_of(key) for key in (eternal, last)}


def access_of(key: ApiKey) -> KeyAccess:
    return KeyAccess(
        secret_hash=key.secret_hash,
        permissions=key.permissions,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
    )
