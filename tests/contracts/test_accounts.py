"""The contract of domain.accounts.ports.Accounts."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.accounts.entities import NAME_MAX_LENGTH, Account
from domain.accounts.errors import EmailTaken
from domain.accounts.queries import AccountQuery, AccountSort
from domain.errors import Conflict
from domain.pagination import PageRequest
from domain.permissions import Role
from tests.contracts.conftest import AnyStores, AnyUnitOfWork

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
QUERY = AccountQuery()
REQUEST = PageRequest(100)


def make_account(**values: object) -> Account:
    """Make an account that can sign in, with an id and an address of its own."""
    identifier = uuid7()
    account = Account(
        id=identifier,
        email=f"{identifier}@example.org",
        name=None,
        role=Role.READER,
        verified_at=NOW,
        disabled_at=None,
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(account, **values)


async def add(unit_of_work: AnyUnitOfWork, *accounts: Account) -> None:
    for account in accounts:
        await unit_of_work.run(lambda stores, account=account: stores.accounts.add(account))


async def save(unit_of_work: AnyUnitOfWork, account: Account) -> None:
    await unit_of_work.run(lambda stores: stores.accounts.save(account))


async def get(unit_of_work: AnyUnitOfWork, account_id: UUID) -> Account | None:
    return await unit_of_work.read(lambda stores: stores.accounts.get(account_id))


async def find(unit_of_work: AnyUnitOfWork, email: str) -> Account | None:
    return await unit_of_work.read(lambda stores: stores.accounts.find(email))


async def listed(
    unit_of_work: AnyUnitOfWork, query: AccountQuery = QUERY, request: PageRequest = REQUEST
) -> list[Account]:
    page = await unit_of_work.read(lambda stores: stores.accounts.list(request, query))
    return [*page.items]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "🙂" * NAME_MAX_LENGTH, "role": Role.ADMIN},
        {"email": "o'brien+%s%d{x}--%%$1@example.org", "role": Role.EDITOR},
        {"email": "用户" * 30 + "@例え.テスト"},
        {"email": "ﷺ" * 29 + "@example.org"},
        {"verified_at": None, "disabled_at": NOW + timedelta(microseconds=1)},
        {"version": 2**31},
    ],
    ids=["plain", "long", "quotes", "astral", "folding-to-more", "times", "version"],
)
async def test_an_account_comes_back_as_it_was(
    unit_of_work: AnyUnitOfWork, values: dict[str, object]
) -> None:
    account = make_account(**values)
    await add(unit_of_work, account)

    assert await get(unit_of_work, account.id) == account
    assert await find(unit_of_work, account.email) == account
    found = await unit_of_work.run(lambda stores: stores.accounts.get_for_change(account.id))
    assert found == account


async def test_an_absent_account_is_none(unit_of_work: AnyUnitOfWork) -> None:
    assert await get(unit_of_work, uuid7()) is None
    assert await find(unit_of_work, "nobody@example.org") is None
    assert await unit_of_work.run(lambda stores: stores.accounts.get_for_change(uuid7())) is None


@pytest.mark.parametrize(
    "spelling", ["JOSÉ@EXAMPLE.ORG", "jose\u0301@example.org", "José@example.org"]
)
async def test_an_address_is_found_and_taken_in_any_spelling(
    unit_of_work: AnyUnitOfWork, spelling: str
) -> None:
    account = make_account(email="José@Example.org")
    await add(unit_of_work, account)

    assert await find(unit_of_work, spelling) == account
    with pytest.raises(EmailTaken):
        await add(unit_of_work, make_account(email=spelling))
    assert await listed(unit_of_work) == [account]


async def test_an_address_that_differs_is_another(unit_of_work: AnyUnitOfWork) -> None:
    account, other = make_account(email="jose@example.org"), make_account(email="josé@example.org")
    await add(unit_of_work, account, other)

    assert await find(unit_of_work, "jose@example.org") == account
    assert await find(unit_of_work, "josé@example.org") == other


async def test_an_id_is_taken_once(unit_of_work: AnyUnitOfWork) -> None:
    account = make_account()
    await add(unit_of_work, account)

    with pytest.raises(Conflict) as caught:
        await add(unit_of_work, replace(account, email="another@example.org"))

    assert not isinstance(caught.value, EmailTaken)
    assert await get(unit_of_work, account.id) == account


async def test_saving_replaces_the_version_before(unit_of_work: AnyUnitOfWork) -> None:
    account = make_account()
    await add(unit_of_work, account)
    later = NOW + timedelta(seconds=1)
    changed = replace(
        account,
        email="New@example.org",
        name="새 이름",
        role=Role.ADMIN,
        verified_at=later,
        disabled_at=later,
        version=2,
        updated_at=later,
    )

    await save(unit_of_work, changed)

    assert await get(unit_of_work, account.id) == changed
    assert await find(unit_of_work, "new@example.org") == changed
    assert await find(unit_of_work, account.email) is None
    assert await listed(unit_of_work, AccountQuery(search="새")) == [changed]


@pytest.mark.parametrize("version", [1, 3])
async def test_saving_any_other_version_is_a_conflict(
    unit_of_work: AnyUnitOfWork, version: int
) -> None:
    account = make_account()
    await add(unit_of_work, account)

    with pytest.raises(Conflict):
        await save(unit_of_work, replace(account, version=version))

    assert await get(unit_of_work, account.id) == account


async def test_an_account_can_not_take_the_address_of_another(unit_of_work: AnyUnitOfWork) -> None:
    account, other = make_account(), make_account()
    await add(unit_of_work, account, other)

    with pytest.raises(EmailTaken):
        await save(unit_of_work, replace(account, email=other.email.upper(), version=2))

    assert await get(unit_of_work, account.id) == account


async def test_a_deleted_account_is_absent_everywhere_and_its_address_is_free(
    unit_of_work: AnyUnitOfWork,
) -> None:
    account = make_account()
    await add(unit_of_work, account)
    await unit_of_work.run(lambda stores: stores.accounts.delete(account.id, NOW))

    assert await get(unit_of_work, account.id) is None
    assert await find(unit_of_work, account.email) is None
    assert await unit_of_work.run(lambda stores: stores.accounts.get_for_change(account.id)) is None
    assert await listed(unit_of_work) == []
    with pytest.raises(Conflict):
        await save(unit_of_work, replace(account, version=2))
    successor = make_account(email=account.email)
    await add(unit_of_work, successor)
    assert await find(unit_of_work, account.email) == successor


async def test_deleting_what_is_absent_changes_nothing(unit_of_work: AnyUnitOfWork) -> None:
    account = make_account()
    await add(unit_of_work, account)
    await unit_of_work.run(lambda stores: stores.accounts.delete(uuid7(), NOW))
    assert await get(unit_of_work, account.id) == account


@pytest.mark.parametrize("sort", AccountSort)
@pytest.mark.parametrize("descending", [False, True])
async def test_pages_give_each_account_once_and_in_order(
    unit_of_work: AnyUnitOfWork, sort: AccountSort, *, descending: bool
) -> None:
    accounts = [
        make_account(email=f"{'cAbed'[n]}@example.org", updated_at=NOW + timedelta(hours=n % 2))
        for n in range(5)
    ]
    await add(unit_of_work, *accounts)
    keys = {
        AccountSort.CREATED_AT: lambda it: it.id,
        AccountSort.EMAIL: lambda it: it.email.casefold(),
        AccountSort.UPDATED_AT: lambda it: (it.updated_at, it.id),
    }
    query = AccountQuery(sort=sort, descending=descending)

    found, after = [], None
    while True:
        request = PageRequest(2, after)
        page = await unit_of_work.read(
            lambda stores, request=request: stores.accounts.list(request, query)
        )
        found += page.items
        after = page.next_after
        if after is None:
            break

    assert found == sorted(accounts, key=keys[sort], reverse=descending)


async def test_a_list_has_what_was_asked_for(unit_of_work: AnyUnitOfWork) -> None:
    reader = make_account(email="anna.berg@example.org", name="Änna")
    editor = make_account(role=Role.EDITOR, name="Bo Berg")
    disabled = make_account(role=Role.EDITOR, disabled_at=NOW, name="Cy")
    await add(unit_of_work, reader, editor, disabled)

    assert await listed(unit_of_work, AccountQuery(role=Role.EDITOR)) == [editor, disabled]
    assert await listed(unit_of_work, AccountQuery(is_disabled=True)) == [disabled]
    assert await listed(unit_of_work, AccountQuery(is_disabled=False)) == [reader, editor]
    assert await listed(unit_of_work, AccountQuery(search="ber")) == [reader, editor]
    assert await listed(unit_of_work, AccountQuery(search="ber", role=Role.EDITOR)) == [editor]
    assert await listed(unit_of_work, AccountQuery(search="ber cy")) == []


async def test_a_purge_removes_the_first_deleted_and_no_others(unit_of_work: AnyUnitOfWork) -> None:
    accounts = [make_account() for _ in range(4)]
    await add(unit_of_work, *accounts)
    for hours, account in enumerate(accounts[:3]):
        at = NOW + timedelta(hours=hours)
        await unit_of_work.run(
            lambda stores, account=account, at=at: stores.accounts.delete(account.id, at)
        )
    before = NOW + timedelta(hours=2)

    purged = [
        await unit_of_work.run(lambda stores: stores.accounts.purge(before, 1)) for _ in "123"
    ]

    assert purged == [1, 1, 0]
    # What was purged is gone for good, so its id is free; what was deleted keeps its own.
    await add(unit_of_work, accounts[0])
    with pytest.raises(Conflict):
        await add(unit_of_work, accounts[2])
    assert await get(unit_of_work, accounts[3].id) == accounts[3]


async def test_of_those_who_want_one_address_at_once_one_gets_it(
    unit_of_work: AnyUnitOfWork,
) -> None:
    accounts = [make_account(email=f"One@example{'.org' if n % 2 else '.ORG'}") for n in range(20)]

    outcomes = await asyncio.gather(
        *(add(unit_of_work, account) for account in accounts), return_exceptions=True
    )

    assert sum(outcome is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome, EmailTaken) for outcome in outcomes) == 19
    assert await listed(unit_of_work) == [accounts[outcomes.index(None)]]


async def test_of_those_who_change_to_one_address_at_once_one_gets_it(
    unit_of_work: AnyUnitOfWork,
) -> None:
    accounts = [make_account() for _ in range(10)]
    await add(unit_of_work, *accounts)

    async def move(stores: AnyStores, account_id: UUID) -> None:
        account = await stores.accounts.get_for_change(account_id)
        assert account is not None
        await stores.accounts.save(replace(account, email="one@example.org", version=2))

    outcomes = await asyncio.gather(
        *(
            unit_of_work.run(lambda stores, account=account: move(stores, account.id))
            for account in accounts
        ),
        return_exceptions=True,
    )

    assert sum(outcome is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome, EmailTaken) for outcome in outcomes) == 9
