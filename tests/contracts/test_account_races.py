"""Administrators and people at once over every unit of work: no rule of accounts is got around."""

import asyncio
from collections.abc import Awaitable
from uuid import UUID

import pytest

from adapters.memory.clock import FixedClock
from adapters.memory.uncached import Uncached
from adapters.system.identifiers import UUID7Identifiers
from domain.accounts.entities import Account
from domain.accounts.errors import LastAdministrator
from domain.accounts.queries import AccountQuery
from domain.authentication.administration import AccountAdministration
from domain.authentication.api_keys import KeyDetails, Keys, NewKey
from domain.authentication.confirmation import Confirmation
from domain.authentication.entities import MAX_KEYS, Client
from domain.authentication.me import Me
from domain.callers import OPERATOR, Caller, acting_as
from domain.errors import DomainError
from domain.pagination import PageRequest
from domain.permissions import PERMISSIONS, Role
from tests.contracts.conftest import AnyUnitOfWork
from tests.contracts.test_accounts import NOW, add, make_account
from tests.contracts.test_sessions import add as add_sessions
from tests.contracts.test_sessions import live_of, make_session

ROUNDS = 5
KEY: KeyDetails = {"name": "import", "permissions": frozenset(), "expires_at": None}


CONFIRMATION = Confirmation()
CLIENT = Client(address="192.0.2.7", network="192.0.2.7", device="a browser")


class Confirmed:
    """Takes every confirmation for right."""

    async def confirm(self, account_id: UUID, confirmation: Confirmation) -> None: ...


@pytest.fixture
def administration(unit_of_work: AnyUnitOfWork) -> AccountAdministration:
    return AccountAdministration(unit_of_work, Uncached(), FixedClock(NOW), UUID7Identifiers())


@pytest.fixture
def me(unit_of_work: AnyUnitOfWork) -> Me:
    return Me(unit_of_work, Uncached(), FixedClock(NOW), UUID7Identifiers(), Confirmed())


async def added(unit_of_work: AnyUnitOfWork, count: int) -> list[Account]:
    accounts = [make_account(role=Role.ADMIN) for _ in range(count)]
    await add(unit_of_work, *accounts)
    return accounts


async def admins_left(administration: AccountAdministration) -> list[Account]:
    with acting_as(OPERATOR):
        query = AccountQuery(role=Role.ADMIN, is_disabled=False)
        return [*(await administration.list_accounts(PageRequest(100), query)).items]


def signed_in(account: Account) -> Caller:
    return Caller(name="it", permissions=PERMISSIONS[account.role], account_id=account.id)


async def outcome(caller: Caller, attempt: Awaitable[object]) -> object:
    """Give what came of an attempt, or the domain's error."""
    with acting_as(caller):
        try:
            return await attempt
        except DomainError as error:
            return error


async def test_of_two_administrators_who_demote_each_other_one_stays(
    unit_of_work: AnyUnitOfWork, administration: AccountAdministration
) -> None:
    for _ in range(ROUNDS):
        one, other = await added(unit_of_work, 2)

        outcomes = await asyncio.gather(
            outcome(signed_in(one), administration.change_account(other.id, {"role": Role.READER})),
            outcome(signed_in(other), administration.change_account(one.id, {"role": Role.READER})),
        )

        refused = [it for it in outcomes if isinstance(it, LastAdministrator)]
        (left,) = await admins_left(administration)
        assert len(refused) == 1
        assert left in (one, other)
        await unit_of_work.run(lambda stores, left=left: stores.accounts.delete(left.id, NOW))


async def test_one_of_many_stays_whoever_takes_away_which_in_what_way(
    unit_of_work: AnyUnitOfWork, administration: AccountAdministration, me: Me
) -> None:
    accounts = await added(unit_of_work, 9)

    outcomes = await asyncio.gather(
        *(outcome(signed_in(it), me.delete(CONFIRMATION)) for it in accounts[::3]),
        *(
            outcome(OPERATOR, administration.change_account(it.id, {"role": Role.EDITOR}))
            for it in accounts[1::3]
        ),
        *(
            outcome(OPERATOR, administration.change_account(it.id, {"is_disabled": True}))
            for it in accounts[2::3]
        ),
    )

    assert len(await admins_left(administration)) == 1
    assert [type(it) for it in outcomes if isinstance(it, Exception)] == [LastAdministrator]


async def test_who_is_disabled_while_they_delete_themselves_has_no_session_left(
    unit_of_work: AnyUnitOfWork, administration: AccountAdministration, me: Me
) -> None:
    await added(unit_of_work, 1)
    for _ in range(ROUNDS):
        account = make_account()
        await add(unit_of_work, account)
        await add_sessions(unit_of_work, make_session(account.id), make_session(account.id))

        outcomes = await asyncio.gather(
            outcome(signed_in(account), me.delete(CONFIRMATION)),
            outcome(OPERATOR, administration.change_account(account.id, {"is_disabled": True})),
            outcome(OPERATOR, administration.end_sessions(account.id)),
        )

        assert outcomes[0] is None
        assert await live_of(unit_of_work, account.id) == []


async def test_an_account_gets_no_more_keys_than_it_may_have(unit_of_work: AnyUnitOfWork) -> None:
    keys = Keys(unit_of_work, Uncached(), FixedClock(NOW), UUID7Identifiers(), Confirmed())
    account = make_account()
    await add(unit_of_work, account)
    caller = signed_in(account)
    for _ in range(MAX_KEYS - 2):
        assert isinstance(await outcome(caller, keys.create(KEY, CONFIRMATION, CLIENT)), NewKey)

    outcomes = await asyncio.gather(
        *(outcome(caller, keys.create(KEY, CONFIRMATION, CLIENT)) for _ in range(6))
    )

    assert sorted(type(it).__name__ for it in outcomes) == ["NewKey"] * 2 + ["TooManyKeys"] * 4
    with acting_as(caller):
        assert len(await keys.list()) == MAX_KEYS
