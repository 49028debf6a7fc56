"""What people do with the account that they are signed in to."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.accounts.entities import Account
from domain.accounts.errors import LastAdministrator
from domain.authentication.errors import ConfirmationRequired
from domain.authentication.me import Me
from domain.callers import NOBODY, OPERATOR, Caller, acting_as
from domain.errors import InvalidValue, NotAuthenticated, NotFound, NotPermitted, StaleVersion
from domain.permissions import Role
from tests.unit.accounts import (
    CONFIRMED,
    NOT_CONFIRMED,
    account_of,
    add_session,
    add_with_password,
    caller_of,
    key_of,
    live_sessions,
    load_access,
    told,
)
from tests.unit.fakes import Fakes


@pytest.fixture
def me(fakes: Fakes) -> Me:
    return fakes.use_cases().me


@pytest.fixture
async def account(fakes: Fakes) -> Account:
    return await add_with_password(fakes)


async def test_a_person_reads_their_own_account(fakes: Fakes, me: Me, account: Account) -> None:
    await add_with_password(fakes)

    with acting_as(caller_of(account)):
        assert await me.read() == account


async def test_a_name_is_changed_removed_and_told(fakes: Fakes, me: Me, account: Account) -> None:
    fakes.clock.advance(timedelta(seconds=1))

    with acting_as(caller_of(account)):
        named = await me.change({"name": "Han Kang"}, frozenset({1}))
        again = await me.change({"name": "Han Kang"})
        nameless = await me.change({"name": None})
        assert await me.change({}) == nameless

    assert (named.name, named.version, named.updated_at) == ("Han Kang", 2, fakes.clock.now())
    assert again == named
    assert (nameless.name, nameless.version) == (None, 3)
    events = [(event.kind, event.details) for event in await told(fakes, account)]
    assert events == [("account.changed", {"fields": ["name"]})] * 2


async def test_what_breaks_a_rule_or_is_stale_changes_nothing(
    fakes: Fakes, me: Me, account: Account
) -> None:
    with acting_as(caller_of(account)):
        with pytest.raises(InvalidValue):
            await me.change({"name": " "})
        with pytest.raises(StaleVersion):
            await me.change({"name": "Han Kang"}, frozenset({2}))
        with pytest.raises(ConfirmationRequired):
            await me.delete(NOT_CONFIRMED)

    assert await account_of(fakes, account) == account


async def test_who_deletes_their_account_is_signed_out_at_once(
    fakes: Fakes, me: Me, account: Account
) -> None:
    await add_session(fakes, account)
    await load_access(fakes, account)

    with acting_as(caller_of(account)):
        await me.delete(CONFIRMED)
        with pytest.raises(NotFound):
            await me.read()

    assert await account_of(fakes, account) is None
    assert await live_sessions(fakes, account) == []
    assert await load_access(fakes, account) is None
    (event,) = await told(fakes, account)
    assert (event.kind, event.details) == ("account.deleted", {"sessions": 1})


async def test_the_last_administrator_does_not_delete_their_account(fakes: Fakes, me: Me) -> None:
    admin = await add_with_password(fakes, Role.ADMIN)

    with acting_as(caller_of(admin)), pytest.raises(LastAdministrator):
        await me.delete(CONFIRMED)

    other = await add_with_password(fakes, Role.ADMIN)
    with acting_as(caller_of(admin)):
        await me.delete(CONFIRMED)
    with acting_as(caller_of(other)), pytest.raises(LastAdministrator):
        await me.delete(CONFIRMED)


@pytest.mark.parametrize(
    "caller,error",
    [
        (lambda _: NOBODY, NotAuthenticated),
        (lambda _: OPERATOR, NotAuthenticated),
        (key_of, NotPermitted),
    ],
)
async def test_nobody_and_no_key_has_an_account_of_their_own(
    fakes: Fakes,
    me: Me,
    account: Account,
    caller: Callable[[Account], Caller],
    error: type[Exception],
) -> None:
    with acting_as(caller(account)):
        for call in (me.read, lambda: me.delete(CONFIRMED), lambda: me.change({"name": "Eve"})):
            with pytest.raises(error):
                await call()

    assert await account_of(fakes, account) == account
