"""The contract of domain.accounts.ports.Accounts.hold_active."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from domain.permissions import Role
from tests.contracts.conftest import AnyStores, AnyUnitOfWork
from tests.contracts.test_accounts import NOW, add, make_account


async def held(unit_of_work: AnyUnitOfWork, limit: int = 99) -> Sequence[UUID]:
    return await unit_of_work.run(lambda stores: stores.accounts.hold_active(Role.ADMIN, limit))


async def test_active_accounts_of_a_role_are_given_in_the_order_of_ids(
    unit_of_work: AnyUnitOfWork,
) -> None:
    admins = [make_account(role=Role.ADMIN) for _ in range(3)]
    await add(unit_of_work, *admins[::-1])

    assert await held(unit_of_work) == [account.id for account in admins]
    assert await held(unit_of_work, 2) == [account.id for account in admins[:2]]


async def test_others_are_not_given(unit_of_work: AnyUnitOfWork) -> None:
    deleted = make_account(role=Role.ADMIN)
    await add(
        unit_of_work,
        deleted,
        make_account(role=Role.EDITOR),
        make_account(role=Role.ADMIN, verified_at=None),
        make_account(role=Role.ADMIN, disabled_at=NOW),
    )
    await unit_of_work.run(lambda stores: stores.accounts.delete(deleted.id, NOW))

    assert await held(unit_of_work) == []


async def test_who_changes_one_waits_for_the_unit_that_holds_it(
    unit_of_work: AnyUnitOfWork,
) -> None:
    account = make_account(role=Role.ADMIN)
    await add(unit_of_work, account)
    holds, steps = asyncio.Event(), []

    async def hold(stores: AnyStores) -> None:
        assert await stores.accounts.hold_active(Role.ADMIN, 2) == [account.id]
        holds.set()
        # Others get many turns, in which they could write.
        for _ in range(100):
            await asyncio.sleep(0)
        assert await stores.accounts.get(account.id) == account
        steps.append("held")

    async def change(stores: AnyStores) -> None:
        found = await stores.accounts.get_for_change(account.id)
        assert found is not None
        await stores.accounts.save(replace(found, version=2, role=Role.READER))
        steps.append("changed")

    async def change_when_held() -> None:
        await holds.wait()
        await unit_of_work.run(change)

    await asyncio.gather(unit_of_work.run(hold), change_when_held())

    assert steps == ["held", "changed"]
    assert await held(unit_of_work) == []
