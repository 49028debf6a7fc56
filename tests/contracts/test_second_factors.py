"""The contracts of TOTPSecrets, RecoveryCodes and Passkeys."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.authentication.factors import (
    CREDENTIAL_ID_MAX_SIZE,
    PASSKEY_NAME_MAX_LENGTH,
    Credential,
    Passkey,
    TOTPSecret,
)
from domain.errors import Conflict
from tests.contracts.conftest import AnyStores, AnyUnitOfWork
from tests.contracts.examples import NOW, new_account

Result = TypeVar("Result")

HASHES = [bytes([number]) * 32 for number in range(10)]
MICROSECOND, HOUR = timedelta(microseconds=1), timedelta(hours=1)


async def added(unit_of_work: AnyUnitOfWork) -> UUID:
    account = new_account()
    await unit_of_work.run(lambda stores: stores.accounts.add(account))
    return account.id


@pytest.fixture
async def account(unit_of_work: AnyUnitOfWork) -> UUID:
    return await added(unit_of_work)


@pytest.fixture
async def other(unit_of_work: AnyUnitOfWork) -> UUID:
    return await added(unit_of_work)


async def at_once(
    unit_of_work: AnyUnitOfWork, unit: Callable[[AnyStores], Awaitable[Result]], times: int = 5
) -> list[Result]:
    return await asyncio.gather(*(unit_of_work.run(unit) for _ in range(times)))


def secret_of(account_id: UUID) -> TOTPSecret:
    return TOTPSecret(
        account_id=account_id,
        sealed=b"\0\xff" * 100,
        confirmed_at=None,
        last_step=-1,
        created_at=NOW - MICROSECOND,
    )


def passkey_of(account_id: UUID, credential_id: bytes = b"credential") -> Passkey:
    return Passkey(
        id=uuid7(),
        account_id=account_id,
        name="“Ann” 열쇠",
        credential=Credential(
            credential_id=credential_id,
            public_key=b"\0\xff" * 300,
            sign_count=2**32 - 1,
            transports=("hybrid", "internal"),
        ),
        created_at=NOW,
    )


async def test_a_secret_that_was_put_is_there_until_another_is(
    unit_of_work: AnyUnitOfWork, account: UUID, other: UUID
) -> None:
    first = secret_of(account)
    second = replace(first, sealed=b"s", confirmed_at=NOW, last_step=2**40, created_at=NOW)
    for secret in (first, second):
        await unit_of_work.run(lambda stores, it=secret: stores.totp_secrets.put(it, NOW))
        assert await unit_of_work.read(lambda stores: stores.totp_secrets.get(account)) == secret

    assert await unit_of_work.run(lambda it: it.totp_secrets.get_for_change(account)) == second
    assert await unit_of_work.read(lambda stores: stores.totp_secrets.get(other)) is None


async def test_a_secret_that_was_removed_is_gone(
    unit_of_work: AnyUnitOfWork, account: UUID, other: UUID
) -> None:
    for each in (account, other):
        await unit_of_work.run(lambda it, id_=each: it.totp_secrets.put(secret_of(id_), NOW))

    for found in (True, False):
        assert await unit_of_work.run(lambda it: it.totp_secrets.remove(account)) is found

    assert await unit_of_work.run(lambda it: it.totp_secrets.get_for_change(account)) is None
    assert await unit_of_work.read(lambda it: it.totp_secrets.get(other)) is not None


async def test_who_changes_a_secret_has_it_alone(
    unit_of_work: AnyUnitOfWork, account: UUID
) -> None:
    await unit_of_work.run(lambda it: it.totp_secrets.put(secret_of(account), NOW))

    async def advance(stores: AnyStores) -> None:
        secret = await stores.totp_secrets.get_for_change(account)
        assert secret is not None
        await stores.totp_secrets.put(replace(secret, last_step=secret.last_step + 1), NOW)

    await at_once(unit_of_work, advance)

    secret = await unit_of_work.read(lambda it: it.totp_secrets.get(account))
    assert secret is not None
    assert secret.last_step == 4


async def test_a_purge_removes_what_was_not_confirmed_oldest_first(
    unit_of_work: AnyUnitOfWork,
) -> None:
    accounts = [await added(unit_of_work) for _ in range(5)]
    created = [NOW - MICROSECOND * number for number in range(4)]
    secrets = [
        replace(secret_of(account), created_at=at)
        for account, at in zip(accounts, created, strict=False)
    ]
    confirmed = replace(secret_of(accounts[4]), confirmed_at=NOW, created_at=NOW - HOUR)
    for secret in (*secrets, confirmed):
        await unit_of_work.run(lambda it, one=secret: it.totp_secrets.put(one, NOW))

    purged = [
        await unit_of_work.run(lambda it: it.totp_secrets.purge_unconfirmed(NOW, 2))
        for _ in range(3)
    ]

    assert purged == [2, 1, 0]
    left = [
        await unit_of_work.read(lambda it, id_=account: it.totp_secrets.get(id_))
        for account in accounts
    ]
    assert left == [secrets[0], None, None, None, confirmed]


async def test_a_recovery_code_is_used_once(
    unit_of_work: AnyUnitOfWork, account: UUID, other: UUID
) -> None:
    for each in (account, other):
        await unit_of_work.run(lambda it, id_=each: it.recovery_codes.replace(id_, HASHES, NOW))

    used = await at_once(unit_of_work, lambda it: it.recovery_codes.use(account, HASHES[3]))

    assert sorted(used) == [False] * 4 + [True]
    assert await unit_of_work.read(lambda it: it.recovery_codes.count(account)) == 9
    assert await unit_of_work.read(lambda it: it.recovery_codes.count(other)) == 10


async def test_new_recovery_codes_end_those_before(
    unit_of_work: AnyUnitOfWork, account: UUID
) -> None:
    for hashes in (HASHES[:5], HASHES[4:7]):
        await unit_of_work.run(lambda it, new=hashes: it.recovery_codes.replace(account, new, NOW))

    used = [
        await unit_of_work.run(lambda it, one=hashed: it.recovery_codes.use(account, one))
        for hashed in (HASHES[0], HASHES[4], HASHES[6], HASHES[9])
    ]
    assert used == [False, True, True, False]
    await unit_of_work.run(lambda it: it.recovery_codes.replace(account, (), NOW))
    assert await unit_of_work.read(lambda it: it.recovery_codes.count(account)) == 0


async def test_passkeys_come_back_as_they_were_oldest_first(
    unit_of_work: AnyUnitOfWork, account: UUID, other: UUID
) -> None:
    passkeys = [
        passkey_of(account, b"\xff" * CREDENTIAL_ID_MAX_SIZE),
        replace(passkey_of(account, b"\0"), name="n" * PASSKEY_NAME_MAX_LENGTH),
        replace(passkey_of(account, b"\xff" * (CREDENTIAL_ID_MAX_SIZE - 1)), last_used_at=NOW),
    ]
    for passkey in [*passkeys[::-1], passkey_of(other)]:
        await unit_of_work.run(lambda it, one=passkey: it.passkeys.add(one))

    assert await unit_of_work.read(lambda it: it.passkeys.of(account)) == passkeys
    for passkey in passkeys:
        credential_id = passkey.credential.credential_id
        found = await unit_of_work.run(
            lambda it, one=credential_id: it.passkeys.find_for_change(one)
        )
        assert found == passkey


async def test_a_credential_is_of_one_passkey(
    unit_of_work: AnyUnitOfWork, account: UUID, other: UUID
) -> None:
    first = passkey_of(account)
    await unit_of_work.run(lambda it: it.passkeys.add(first))

    for each in (account, other):
        with pytest.raises(Conflict):
            await unit_of_work.run(lambda it, id_=each: it.passkeys.add(passkey_of(id_)))

    assert await unit_of_work.run(lambda it: it.passkeys.find_for_change(b"credential")) == first
    assert await unit_of_work.run(lambda it: it.passkeys.find_for_change(b"Credential")) is None


async def test_the_use_of_a_passkey_is_kept(unit_of_work: AnyUnitOfWork, account: UUID) -> None:
    passkey = passkey_of(account)
    await unit_of_work.run(lambda it: it.passkeys.add(passkey))

    async def use(stores: AnyStores) -> None:
        found = await stores.passkeys.find_for_change(b"credential")
        assert found is not None
        await stores.passkeys.used(found.id, found.credential.sign_count + 1, NOW + MICROSECOND)

    await at_once(unit_of_work, use)

    (kept,) = await unit_of_work.read(lambda it: it.passkeys.of(account))
    assert kept.credential.sign_count == 2**32 + 4
    assert kept.last_used_at == NOW + MICROSECOND


async def test_a_passkey_is_removed_by_its_account_alone(
    unit_of_work: AnyUnitOfWork, account: UUID, other: UUID
) -> None:
    passkey = passkey_of(account)
    await unit_of_work.run(lambda it: it.passkeys.add(passkey))

    removed = [
        await unit_of_work.run(lambda it, id_=each: it.passkeys.remove(id_, passkey.id))
        for each in (other, account, account)
    ]

    assert removed == [False, True, False]
    assert await unit_of_work.read(lambda it: it.passkeys.of(account)) == []


async def test_all_of_it_goes_with_the_account(unit_of_work: AnyUnitOfWork, account: UUID) -> None:
    async def keep(stores: AnyStores) -> None:
        await stores.totp_secrets.put(secret_of(account), NOW)
        await stores.recovery_codes.replace(account, HASHES, NOW)
        await stores.passkeys.add(passkey_of(account))
        await stores.accounts.delete(account, NOW)

    await unit_of_work.run(keep)

    assert await unit_of_work.run(lambda it: it.accounts.purge(NOW + MICROSECOND, 1)) == 1
