"""What administrators do with accounts."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.accounts.entities import Account
from domain.accounts.errors import LastAdministrator
from domain.accounts.queries import AccountQuery
from domain.authentication.administration import AccountAdministration, AccountChanges
from domain.callers import NOBODY, OPERATOR, Caller, acting_as
from domain.errors import (
    NotAuthenticated,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    StaleVersion,
)
from domain.pagination import PageRequest
from domain.permissions import Role
from tests.unit.accounts import (
    account_of,
    add_account,
    add_session,
    caller_of,
    live_sessions,
    load_access,
    told,
)
from tests.unit.fakes import Fakes, raising

ALL = PageRequest(100)
NO_ID = UUID(int=9)


@pytest.fixture
def administration(fakes: Fakes) -> AccountAdministration:
    return fakes.use_cases().accounts


@pytest.fixture
async def admin(fakes: Fakes) -> Account:
    return await add_account(fakes, Role.ADMIN)


@pytest.fixture
async def reader(fakes: Fakes) -> Account:
    return await add_account(fakes)


async def test_accounts_are_listed_found_and_read(
    administration: AccountAdministration, admin: Account, reader: Account
) -> None:
    with acting_as(caller_of(admin)):
        assert [*(await administration.list_accounts(ALL)).items] == [admin, reader]
        admins = await administration.list_accounts(ALL, AccountQuery(role=Role.ADMIN))
        assert [*admins.items] == [admin]
        assert await administration.get_account(reader.id) == reader
        assert await administration.find_account(reader.email.upper()) == reader
        assert await administration.find_account("nobody@example.org") is None
        with pytest.raises(NotFound):
            await administration.get_account(NO_ID)


async def test_a_role_is_changed_and_told(
    fakes: Fakes, administration: AccountAdministration, admin: Account, reader: Account
) -> None:
    session = await add_session(fakes, reader)
    fakes.clock.advance(timedelta(seconds=1))

    with acting_as(caller_of(admin)):
        changed = await administration.change_account(reader.id, {"role": Role.EDITOR})

    assert (changed.role, changed.version) == (Role.EDITOR, 2)
    assert changed.updated_at == fakes.clock.now()
    assert await account_of(fakes, reader) == changed
    assert await live_sessions(fakes, reader) == [session]
    (event,) = await told(fakes, reader)
    assert (event.kind, event.occurred_at) == ("account.role-changed", fakes.clock.now())
    by = f"account {admin.id}"
    assert event.details == {"before": "reader", "after": "editor", "by": by}


async def test_who_is_disabled_is_signed_out_and_stays_so_when_enabled(
    fakes: Fakes, administration: AccountAdministration, reader: Account
) -> None:
    await add_session(fakes, reader)
    await add_session(fakes, reader)

    with acting_as(OPERATOR):
        disabled = await administration.change_account(reader.id, {"is_disabled": True})
        fakes.clock.advance(timedelta(seconds=1))
        again = await administration.change_account(reader.id, {"is_disabled": True})
        enabled = await administration.change_account(reader.id, {"is_disabled": False})

    assert again == disabled
    assert disabled.disabled_at == disabled.updated_at
    assert (enabled.disabled_at, enabled.version) == (None, 3)
    assert await live_sessions(fakes, reader) == []
    events = [(event.kind, event.details) for event in await told(fakes, reader)]
    assert events == [
        ("account.disabled", {"sessions": 2, "by": "operator"}),
        ("account.enabled", {"by": "operator"}),
    ]


async def test_an_account_that_is_deleted_is_absent_signed_out_and_its_address_free(
    fakes: Fakes, administration: AccountAdministration, reader: Account
) -> None:
    await add_session(fakes, reader)

    with acting_as(OPERATOR):
        await administration.delete_account(reader.id, frozenset({1}))
        with pytest.raises(NotFound):
            await administration.delete_account(reader.id)

    assert await account_of(fakes, reader) is None
    assert await live_sessions(fakes, reader) == []
    assert await add_account(fakes, email=reader.email)
    (event,) = await told(fakes, reader)
    assert (event.kind, event.details) == ("account.deleted", {"sessions": 1, "by": "operator"})


async def test_sessions_are_ended_and_told_once(
    fakes: Fakes, administration: AccountAdministration, reader: Account
) -> None:
    await add_session(fakes, reader)

    with acting_as(OPERATOR):
        assert await administration.end_sessions(reader.id) == 1
        assert await administration.end_sessions(reader.id) == 0
        with pytest.raises(NotFound):
            await administration.end_sessions(NO_ID)

    assert await live_sessions(fakes, reader) == []
    (event,) = await told(fakes, reader)
    assert (event.kind, event.details) == ("session.ended", {"sessions": 1, "by": "operator"})


TAKING_AWAY: list[AccountChanges] = [
    {"role": Role.EDITOR},
    {"is_disabled": True},
    {"role": Role.READER, "is_disabled": True},
]


@pytest.mark.parametrize("changes", TAKING_AWAY)
async def test_the_last_administrator_who_can_sign_in_stays_one(
    fakes: Fakes, administration: AccountAdministration, admin: Account, changes: AccountChanges
) -> None:
    await add_account(fakes, Role.ADMIN, verified_at=None)
    await add_account(fakes, Role.ADMIN, disabled_at=fakes.clock.now())

    with acting_as(caller_of(admin)):
        with pytest.raises(LastAdministrator):
            await administration.change_account(admin.id, changes)
        with pytest.raises(LastAdministrator):
            await administration.delete_account(admin.id)

    assert await account_of(fakes, admin) == admin
    assert await told(fakes, admin) == []


@pytest.mark.parametrize("changes", TAKING_AWAY)
async def test_one_of_two_administrators_need_not_stay_one(
    fakes: Fakes, administration: AccountAdministration, admin: Account, changes: AccountChanges
) -> None:
    other = await add_account(fakes, Role.ADMIN)

    with acting_as(caller_of(admin)):
        await administration.change_account(admin.id, changes)
    with acting_as(caller_of(other)), pytest.raises(LastAdministrator):
        await administration.delete_account(other.id)


async def test_an_administrator_who_can_not_sign_in_need_not_stay_one(
    fakes: Fakes, administration: AccountAdministration, admin: Account
) -> None:
    disabled = await add_account(fakes, Role.ADMIN, disabled_at=fakes.clock.now())

    with acting_as(caller_of(admin)):
        await administration.change_account(disabled.id, {"role": Role.READER})
        await administration.delete_account(disabled.id)

    assert await account_of(fakes, disabled) is None


async def test_only_the_version_that_is_known_is_changed(
    fakes: Fakes, administration: AccountAdministration, reader: Account
) -> None:
    stale = frozenset({2})

    with acting_as(OPERATOR):
        with pytest.raises(StaleVersion):
            await administration.change_account(reader.id, {"role": Role.EDITOR}, stale)
        with pytest.raises(StaleVersion):
            await administration.delete_account(reader.id, stale)

    assert await account_of(fakes, reader) == reader


async def test_what_is_changed_is_forgotten_by_the_cache_whatever_the_outcome(
    fakes: Fakes, administration: AccountAdministration, reader: Account
) -> None:
    await load_access(fakes, reader)
    fakes.unit_of_work.after_commit = raising(OutcomeUnknown("MySQL", "gone"))

    with acting_as(OPERATOR), pytest.raises(OutcomeUnknown):
        await administration.change_account(reader.id, {"is_disabled": True})

    assert await load_access(fakes, reader) is None


async def test_a_change_that_runs_again_is_told_once(
    fakes: Fakes, administration: AccountAdministration, reader: Account
) -> None:
    await add_session(fakes, reader)
    fakes.unit_of_work.aborts = True

    with acting_as(OPERATOR):
        await administration.change_account(reader.id, {"is_disabled": True})
        await administration.delete_account(reader.id)

    kinds = [event.kind for event in await told(fakes, reader)]
    assert kinds == ["account.disabled", "account.deleted"]


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR])
async def test_only_administrators_administer(
    fakes: Fakes, administration: AccountAdministration, role: Role
) -> None:
    account = await add_account(fakes, role)

    async def refused(caller: Caller, error: type[Exception]) -> None:
        for call in (
            lambda: administration.list_accounts(ALL),
            lambda: administration.get_account(account.id),
            lambda: administration.find_account(account.email),
            lambda: administration.change_account(account.id, {"role": Role.ADMIN}),
            lambda: administration.delete_account(account.id),
            lambda: administration.end_sessions(account.id),
        ):
            with acting_as(caller), pytest.raises(error):
                await call()

    await refused(caller_of(account), NotPermitted)
    await refused(NOBODY, NotAuthenticated)
    assert await account_of(fakes, account) == account
