"""The contract of domain.authentication.challenges.Challenges."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.authentication.challenges import Challenge
from domain.errors import Conflict
from tests.contracts.conftest import AnyStores, AnyUnitOfWork
from tests.contracts.examples import NOW, new_account

LIFE = timedelta(minutes=10)
MICROSECOND = timedelta(microseconds=1)
AWKWARD = MappingProxyType({"quotes": '“"\\', "이름": "줄\nbreak", "empty": ""})


def new_challenge(
    *,
    purpose: str = "passkey",
    account_id: UUID | None = None,
    details: Mapping[str, str] = AWKWARD,
    expires_at: datetime = NOW + LIFE,
) -> Challenge:
    return Challenge(
        id=uuid7(),
        purpose=purpose,
        account_id=account_id,
        details=dict(details),
        expires_at=expires_at,
        created_at=NOW,
    )


async def add(unit_of_work: AnyUnitOfWork, *challenges: Challenge) -> None:
    async def unit(stores: AnyStores) -> None:
        for challenge in challenges:
            await stores.challenges.add(challenge)

    await unit_of_work.run(unit)


async def take(
    unit_of_work: AnyUnitOfWork, challenge: Challenge, now: datetime = NOW
) -> Challenge | None:
    return await unit_of_work.run(
        lambda stores: stores.challenges.take(challenge.id, challenge.purpose, now)
    )


async def purge(unit_of_work: AnyUnitOfWork, expired_before: datetime, limit: int = 100) -> int:
    return await unit_of_work.run(lambda stores: stores.challenges.purge(expired_before, limit))


async def test_a_challenge_is_taken_once_as_it_was_kept(unit_of_work: AnyUnitOfWork) -> None:
    challenge = new_challenge()
    await add(unit_of_work, challenge, new_challenge())

    assert await take(unit_of_work, challenge) == challenge
    assert await take(unit_of_work, challenge) is None


async def test_a_challenge_may_be_of_an_account(unit_of_work: AnyUnitOfWork) -> None:
    account = new_account()
    await unit_of_work.run(lambda stores: stores.accounts.add(account))
    challenge = new_challenge(account_id=account.id)
    await add(unit_of_work, challenge)

    assert await take(unit_of_work, challenge) == challenge


async def test_an_unknown_one_is_not_there(unit_of_work: AnyUnitOfWork) -> None:
    assert await take(unit_of_work, new_challenge()) is None


async def test_an_id_is_taken_once(unit_of_work: AnyUnitOfWork) -> None:
    challenge = new_challenge()
    await add(unit_of_work, challenge)

    with pytest.raises(Conflict):
        await add(unit_of_work, challenge)


async def test_one_for_another_purpose_stays(unit_of_work: AnyUnitOfWork) -> None:
    challenge = new_challenge(purpose="provider")
    await add(unit_of_work, challenge)

    assert await take(unit_of_work, replace(challenge, purpose="passkey")) is None
    assert await take(unit_of_work, challenge) == challenge


@pytest.mark.parametrize("late", [timedelta(0), MICROSECOND, LIFE], ids=str)
async def test_an_expired_one_is_not_there(unit_of_work: AnyUnitOfWork, late: timedelta) -> None:
    challenge = new_challenge()
    await add(unit_of_work, challenge)

    assert await take(unit_of_work, challenge, challenge.expires_at + late) is None
    assert await take(unit_of_work, challenge, challenge.expires_at - MICROSECOND) == challenge


async def test_a_unit_that_fails_takes_nothing(unit_of_work: AnyUnitOfWork) -> None:
    challenge = new_challenge()
    await add(unit_of_work, challenge)

    async def fail(stores: AnyStores) -> None:
        assert await stores.challenges.take(challenge.id, challenge.purpose, NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await unit_of_work.run(fail)

    assert await take(unit_of_work, challenge) == challenge


async def test_of_many_who_take_it_one_gets_it(unit_of_work: AnyUnitOfWork) -> None:
    challenge = new_challenge()
    await add(unit_of_work, challenge)

    found = await asyncio.gather(*(take(unit_of_work, challenge) for _ in range(20)))

    assert found.count(challenge) == 1
    assert found.count(None) == 19


async def test_a_purge_removes_what_expired_before(unit_of_work: AnyUnitOfWork) -> None:
    before, at = new_challenge(expires_at=NOW - MICROSECOND), new_challenge(expires_at=NOW)
    await add(unit_of_work, before, at)

    assert await purge(unit_of_work, NOW) == 1

    earlier = NOW - LIFE
    assert await take(unit_of_work, before, earlier) is None
    assert await take(unit_of_work, at, earlier) == at


async def test_a_purge_is_bounded_and_takes_the_oldest_first(unit_of_work: AnyUnitOfWork) -> None:
    challenges = [new_challenge(expires_at=NOW - timedelta(hours=n)) for n in range(5)]
    await add(unit_of_work, *challenges)
    later = NOW + MICROSECOND

    assert await purge(unit_of_work, later, 2) == 2
    assert await take(unit_of_work, challenges[2], NOW - timedelta(days=1)) == challenges[2]
    assert [await purge(unit_of_work, later, 1) for _ in range(3)] == [1, 1, 0]
