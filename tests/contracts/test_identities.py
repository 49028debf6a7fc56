"""The contract of domain.authentication.identities.Identities."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.authentication.identities import (
    ISSUER_MAX_LENGTH,
    MAX_IDENTITIES,
    SUBJECT_MAX_LENGTH,
    LinkedIdentity,
)
from domain.errors import Conflict
from tests.contracts.conftest import MYSQL, AnyUnitOfWork
from tests.contracts.examples import NOW, new_account

ISSUER = "https://provider.test"


@pytest.fixture
async def account_id(unit_of_work: AnyUnitOfWork) -> UUID:
    return await an_account(unit_of_work)


async def an_account(unit_of_work: AnyUnitOfWork) -> UUID:
    account = new_account()
    await unit_of_work.run(lambda stores: stores.accounts.add(account))
    return account.id


def identity_of(account_id: UUID, subject: str = "248289761001") -> LinkedIdentity:
    return LinkedIdentity(
        id=uuid7(), account_id=account_id, issuer=ISSUER, subject=subject, created_at=NOW
    )


async def add(unit_of_work: AnyUnitOfWork, identity: LinkedIdentity) -> None:
    await unit_of_work.run(lambda stores: stores.identities.add(identity))


async def find(unit_of_work: AnyUnitOfWork, issuer: str, subject: str) -> LinkedIdentity | None:
    return await unit_of_work.read(lambda stores: stores.identities.find(issuer, subject))


async def all_of(unit_of_work: AnyUnitOfWork, account_id: UUID) -> Sequence[LinkedIdentity]:
    return await unit_of_work.read(lambda stores: stores.identities.of(account_id))


async def remove(unit_of_work: AnyUnitOfWork, account_id: UUID, identity_id: UUID) -> bool:
    return await unit_of_work.run(lambda stores: stores.identities.remove(account_id, identity_id))


async def test_an_identity_is_found_as_it_was_linked(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    identity = identity_of(account_id)
    await add(unit_of_work, identity)

    assert await find(unit_of_work, ISSUER, identity.subject) == identity


async def test_the_longest_identity_is_kept_whole(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    issuer = f"{ISSUER}/".ljust(ISSUER_MAX_LENGTH, "i")
    identity = replace(identity_of(account_id, "s" * SUBJECT_MAX_LENGTH), issuer=issuer)
    await add(unit_of_work, identity)

    assert await find(unit_of_work, issuer, identity.subject) == identity


@pytest.mark.parametrize(
    "issuer,subject",
    [
        (ISSUER, "Subject"),
        (ISSUER, "subject "),
        (ISSUER, " subject"),
        (ISSUER, "subject%"),
        (f"{ISSUER}/", "subject"),
        (ISSUER.upper(), "subject"),
        ("subject", ISSUER),
    ],
)
async def test_what_differs_by_a_character_is_somebody_else(
    unit_of_work: AnyUnitOfWork, account_id: UUID, issuer: str, subject: str
) -> None:
    await add(unit_of_work, identity_of(account_id, "subject"))
    assert await find(unit_of_work, issuer, subject) is None

    other = replace(identity_of(account_id, subject), issuer=issuer)
    await add(unit_of_work, other)
    assert await find(unit_of_work, issuer, subject) == other


async def test_an_identity_is_linked_once(unit_of_work: AnyUnitOfWork, account_id: UUID) -> None:
    identity = identity_of(account_id)
    await add(unit_of_work, identity)

    with pytest.raises(Conflict):
        await add(unit_of_work, replace(identity, id=uuid7()))
    with pytest.raises(Conflict):
        await add(unit_of_work, identity_of(await an_account(unit_of_work)))
    with pytest.raises(Conflict):
        await add(unit_of_work, replace(identity, subject="other"))
    assert await all_of(unit_of_work, account_id) == [identity]


async def test_of_accounts_that_link_one_at_once_one_has_it(unit_of_work: AnyUnitOfWork) -> None:
    accounts = [await an_account(unit_of_work) for _ in range(5)]

    results = await asyncio.gather(
        *(add(unit_of_work, identity_of(account_id)) for account_id in accounts),
        return_exceptions=True,
    )

    assert results.count(None) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 4


async def test_an_account_has_its_identities_in_order(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    await add(unit_of_work, identity_of(await an_account(unit_of_work), "another's"))
    identities = [identity_of(account_id, str(number)) for number in range(MAX_IDENTITIES)]
    for identity in reversed(identities):
        await add(unit_of_work, identity)

    assert await all_of(unit_of_work, account_id) == identities
    assert await all_of(unit_of_work, uuid7()) == []


async def test_an_identity_is_removed_by_its_own_account(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    identity, other = identity_of(account_id), identity_of(account_id, "other")
    await add(unit_of_work, identity)
    await add(unit_of_work, other)

    assert not await remove(unit_of_work, await an_account(unit_of_work), identity.id)
    assert not await remove(unit_of_work, account_id, uuid7())
    assert await remove(unit_of_work, account_id, identity.id)
    assert not await remove(unit_of_work, account_id, identity.id)

    assert await all_of(unit_of_work, account_id) == [other]
    assert await find(unit_of_work, ISSUER, identity.subject) is None


async def test_that_of_a_deleted_account_is_found_until_it_is_removed(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    identity = identity_of(account_id)
    await add(unit_of_work, identity)
    await unit_of_work.run(lambda stores: stores.accounts.delete(account_id, NOW))

    assert await find(unit_of_work, ISSUER, identity.subject) == identity
    assert await remove(unit_of_work, account_id, identity.id)
    await add(unit_of_work, identity_of(await an_account(unit_of_work)))


# The fake has no other way to tell than `find`, whose account is absent either way.
@pytest.mark.parametrize("unit_of_work", ["sqlite", MYSQL], indirect=True)
async def test_a_purge_of_an_account_takes_its_identities_along(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    await add(unit_of_work, identity_of(account_id))
    await unit_of_work.run(lambda stores: stores.accounts.delete(account_id, NOW))
    later = NOW + timedelta(days=1)

    assert await unit_of_work.run(lambda stores: stores.accounts.purge(later, 10)) == 1

    assert await all_of(unit_of_work, account_id) == []
