"""What every Door does."""

from datetime import timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.authentication.entities import Access, KeyAccess
from domain.authentication.ports import Door
from domain.errors import StoreUnavailable
from domain.limits.entities import Charge, Limit
from domain.permissions import Permission, Role
from tests.contracts.examples import NOW

# Nothing comes back while a test runs.
TWO_A_DAY = Limit("slow", 2, 86_400)
OTHER = Limit("other", 5, 86_400)


class LoadAccess:
    """Gives an Access, or raises an error, and counts how often it was asked."""

    def __init__(self, found: Access | Exception | None) -> None:
        self.found = found
        self.calls = 0

    async def __call__(self) -> Access | None:
        self.calls += 1
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def access_of(account_id: UUID) -> Access:
    return Access(
        account_id=account_id,
        role=Role.EDITOR,
        sessions={uuid7(): NOW + timedelta(days=1)},
        keys={
            uuid7(): KeyAccess(
                secret_hash=bytes(range(32)),
                permissions=frozenset({Permission.CHANGE_CATALOGUE}),
                expires_at=None,
                last_used_at=NOW,
            )
        },
    )


async def test_the_limits_and_the_access_are_given_together(door: Door) -> None:
    account_id = uuid7()
    access = access_of(account_id)
    charges = [Charge(TWO_A_DAY, "a"), Charge(OTHER, "a")]

    for remaining in (1, 0):
        verdicts, found = await door.enter(charges, account_id, LoadAccess(access))

        assert found == access
        assert [verdict.limit for verdict in verdicts] == [TWO_A_DAY, OTHER]
        assert [verdict.allowed for verdict in verdicts] == [True, True]
        assert verdicts[0].remaining == remaining


async def test_where_a_limit_refuses_nothing_is_loaded(door: Door) -> None:
    charges = [Charge(TWO_A_DAY, "a")]
    for _ in range(2):
        await door.enter(charges, None, LoadAccess(None))
    account_id = uuid7()
    load = LoadAccess(access_of(account_id))

    verdicts, found = await door.enter(charges, account_id, load)

    assert ([verdict.allowed for verdict in verdicts], found, load.calls) == ([False], None, 0)
    assert await door.enter([], account_id, load) == ([], load.found)


async def test_without_an_account_nothing_is_loaded(door: Door) -> None:
    load = LoadAccess(None)

    verdicts, found = await door.enter([Charge(TWO_A_DAY, "a")], None, load)

    assert ([verdict.allowed for verdict in verdicts], found, load.calls) == ([True], None, 0)


async def test_without_charges_there_are_no_verdicts(door: Door) -> None:
    account_id = uuid7()
    access = access_of(account_id)

    assert await door.enter([], account_id, LoadAccess(access)) == ([], access)
    assert await door.enter([], None, LoadAccess(access)) == ([], None)


async def test_an_account_that_has_no_access_is_asked_about_each_time(door: Door) -> None:
    account_id = uuid7()
    access = access_of(account_id)

    assert await door.enter([], account_id, LoadAccess(None)) == ([], None)
    assert await door.enter([], account_id, LoadAccess(access)) == ([], access)


async def test_each_account_has_its_own(door: Door) -> None:
    accesses = [access_of(uuid7()) for _ in range(2)]

    found = [await door.enter([], it.account_id, LoadAccess(it)) for it in accesses * 2]

    assert [access for _, access in found] == accesses * 2


async def test_what_load_raises_is_raised_and_the_store_is_asked_again(door: Door) -> None:
    """It is raised as it is, and not taken for a failure of the door's own server."""
    account_id = uuid7()
    away = LoadAccess(StoreUnavailable("MySQL", "gone"))

    with pytest.raises(StoreUnavailable) as caught:
        await door.enter([Charge(TWO_A_DAY, "a")], account_id, away)

    assert (caught.value, away.calls) == (away.found, 1)
    access = access_of(account_id)
    assert await door.enter([], account_id, LoadAccess(access)) == ([], access)
