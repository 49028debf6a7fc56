"""The contract of domain.authentication.ports.Passwords."""

from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from tests.contracts.conftest import AnyUnitOfWork
from tests.contracts.test_accounts import NOW, add, make_account

# As long as the column is wide.
HASH = "$argon2id$v=19$m=19456,t=2,p=1$" + "%s:id/+" * 32


async def put(unit_of_work: AnyUnitOfWork, account_id: UUID, hashed: str) -> None:
    now = NOW + timedelta(seconds=len(hashed))
    await unit_of_work.run(lambda stores: stores.passwords.put(account_id, hashed, now))


async def get(unit_of_work: AnyUnitOfWork, account_id: UUID) -> str | None:
    return await unit_of_work.read(lambda stores: stores.passwords.get(account_id))


async def test_an_account_has_no_password_at_first(unit_of_work: AnyUnitOfWork) -> None:
    account = make_account()
    await add(unit_of_work, account)

    assert await get(unit_of_work, account.id) is None
    assert await get(unit_of_work, uuid7()) is None


async def test_a_hash_comes_back_as_it_was(unit_of_work: AnyUnitOfWork) -> None:
    account = make_account()
    await add(unit_of_work, account)

    await put(unit_of_work, account.id, HASH)

    assert len(HASH) == 255
    assert await get(unit_of_work, account.id) == HASH


async def test_a_hash_takes_the_place_of_another_of_its_account(
    unit_of_work: AnyUnitOfWork,
) -> None:
    account, other = make_account(), make_account()
    await add(unit_of_work, account, other)
    await put(unit_of_work, account.id, "first")
    await put(unit_of_work, other.id, "other")

    await put(unit_of_work, account.id, "second")

    assert await get(unit_of_work, account.id) == "second"
    assert await get(unit_of_work, other.id) == "other"
