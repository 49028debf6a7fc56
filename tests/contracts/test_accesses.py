"""The contract of domain.authentication.ports.Accesses."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.authentication.entities import MAX_SESSIONS, Access
from domain.permissions import Role
from tests.contracts.conftest import AnyUnitOfWork
from tests.contracts.test_accounts import NOW, make_account, save
from tests.contracts.test_accounts import add as add_accounts
from tests.contracts.test_sessions import HOUR, make_session
from tests.contracts.test_sessions import add as add_sessions


async def get(unit_of_work: AnyUnitOfWork, account_id: UUID) -> Access | None:
    return await unit_of_work.read(lambda stores: stores.accesses.get(account_id, NOW))


async def test_an_account_has_a_role_and_no_sessions_at_first(unit_of_work: AnyUnitOfWork) -> None:
    account = make_account(role=Role.EDITOR)
    await add_accounts(unit_of_work, account)

    access = await get(unit_of_work, account.id)

    assert access == Access(account_id=account.id, role=Role.EDITOR, sessions={}, keys={})


@pytest.mark.parametrize("values", [{"verified_at": None}, {"disabled_at": NOW}])
async def test_an_account_that_can_not_sign_in_has_none(
    unit_of_work: AnyUnitOfWork, values: dict[str, object]
) -> None:
    account = make_account(**values)
    await add_accounts(unit_of_work, account)
    await add_sessions(unit_of_work, make_session(account.id))

    assert await get(unit_of_work, account.id) is None


async def test_an_account_that_is_absent_has_none(unit_of_work: AnyUnitOfWork) -> None:
    account = make_account()
    await add_accounts(unit_of_work, account)
    await add_sessions(unit_of_work, make_session(account.id))
    await unit_of_work.run(lambda stores: stores.accounts.delete(account.id, NOW))

    assert await get(unit_of_work, account.id) is None
    assert await get(unit_of_work, uuid7()) is None


async def test_the_live_sessions_are_there_with_their_ends(unit_of_work: AnyUnitOfWork) -> None:
    account, stranger = make_account(), make_account()
    await add_accounts(unit_of_work, account, stranger)
    moment = timedelta(microseconds=1)
    one = make_session(account.id, expires_at=NOW + moment, id=UUID(bytes=b"\0" * 16))
    other = make_session(account.id, id=UUID(bytes=b"a" * 15 + b"\0"))
    await add_sessions(
        unit_of_work,
        one,
        other,
        make_session(account.id, ended_at=NOW),
        make_session(account.id, expires_at=NOW),
        make_session(stranger.id),
    )

    access = await get(unit_of_work, account.id)

    assert access is not None
    assert access.sessions == {one.id: one.expires_at, other.id: other.expires_at}


async def test_a_change_is_seen_by_the_next_read(unit_of_work: AnyUnitOfWork) -> None:
    account = make_account()
    await add_accounts(unit_of_work, account)
    session = make_session(account.id)
    await add_sessions(unit_of_work, session)
    await save(unit_of_work, replace(account, role=Role.ADMIN, version=2))
    await unit_of_work.run(lambda stores: stores.sessions.end_all(account.id, NOW, but=None))

    access = await get(unit_of_work, account.id)

    assert access == Access(account_id=account.id, role=Role.ADMIN, sessions={}, keys={})


async def test_it_is_bounded_to_the_sessions_seen_last(unit_of_work: AnyUnitOfWork) -> None:
    account = make_account()
    await add_accounts(unit_of_work, account)
    oldest, *others = [
        make_session(account.id, last_seen_at=NOW + number * HOUR)
        for number in range(MAX_SESSIONS + 1)
    ]
    await add_sessions(unit_of_work, oldest, *others)

    access = await get(unit_of_work, account.id)

    assert access is not None
    assert access.sessions.keys() == {session.id for session in others}
