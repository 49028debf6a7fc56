"""The contract of domain.authentication.one_time_tokens.OneTimeTokens."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.authentication.one_time_tokens import (
    LIVES,
    OneTimeToken,
    Purpose,
    hash_of,
    new_token,
)
from tests.contracts.conftest import AnyStores, AnyUnitOfWork
from tests.contracts.examples import new_account

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
END = NOW + LIVES[Purpose.SIGN_UP]
MOMENT = timedelta(microseconds=1)


def sign_up(**others: object) -> OneTimeToken:
    details = {
        "email": "한강@example.org",
        "password_hash": "$argon2id$v=19$m=1",
        "name": "한강",
        "created_at": NOW,
        **others,
    }
    return OneTimeToken(purpose=Purpose.SIGN_UP, account_id=None, **details)


async def put(unit_of_work: AnyUnitOfWork, token: OneTimeToken) -> bytes:
    hashed = hash_of(new_token())
    await unit_of_work.run(lambda stores: stores.one_time_tokens.put(hashed, token))
    return hashed


async def take(
    unit_of_work: AnyUnitOfWork,
    hashed: bytes,
    now: datetime = NOW,
    purpose: Purpose = Purpose.SIGN_UP,
) -> OneTimeToken | None:
    return await unit_of_work.run(lambda stores: stores.one_time_tokens.take(hashed, purpose, now))


async def get(
    unit_of_work: AnyUnitOfWork, hashed: bytes, now: datetime = NOW
) -> OneTimeToken | None:
    return await unit_of_work.read(
        lambda stores: stores.one_time_tokens.get(hashed, Purpose.SIGN_UP, now)
    )


@pytest.fixture
async def account_id(unit_of_work: AnyUnitOfWork) -> UUID:
    account = new_account()
    await unit_of_work.run(lambda stores: stores.accounts.add(account))
    return account.id


async def test_a_token_is_taken_once_as_it_was_put(unit_of_work: AnyUnitOfWork) -> None:
    token = sign_up()
    hashed = await put(unit_of_work, token)

    assert await get(unit_of_work, hashed) == token
    assert await take(unit_of_work, hashed) == token
    assert await take(unit_of_work, hashed) is None
    assert await get(unit_of_work, hashed) is None


async def test_a_token_of_an_account_is_kept_with_it(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    token = OneTimeToken(
        purpose=Purpose.PASSWORD_RESET,
        account_id=account_id,
        email="ann@example.org",
        password_hash=None,
        name=None,
        created_at=NOW,
    )
    hashed = await put(unit_of_work, token)

    assert await take(unit_of_work, hashed, purpose=Purpose.PASSWORD_RESET) == token


async def test_a_token_is_good_for_nothing_else_and_stays(unit_of_work: AnyUnitOfWork) -> None:
    hashed = await put(unit_of_work, sign_up())

    assert await take(unit_of_work, hash_of("another")) is None
    assert await take(unit_of_work, hashed, purpose=Purpose.EMAIL_CHANGE) is None
    assert await take(unit_of_work, hashed) is not None


async def test_a_token_ends_with_its_life(unit_of_work: AnyUnitOfWork) -> None:
    hashed = await put(unit_of_work, sign_up())

    assert await get(unit_of_work, hashed, END - MOMENT) is not None
    assert await get(unit_of_work, hashed, END) is None
    assert await take(unit_of_work, hashed, END) is None


async def test_of_twenty_who_take_one_token_at_once_one_gets_it(
    unit_of_work: AnyUnitOfWork,
) -> None:
    hashed = await put(unit_of_work, sign_up())

    taken = await asyncio.gather(*(take(unit_of_work, hashed) for _ in range(20)))

    assert len([token for token in taken if token is not None]) == 1


async def test_a_token_that_was_taken_in_vain_is_there_again(unit_of_work: AnyUnitOfWork) -> None:
    hashed = await put(unit_of_work, sign_up())

    async def fail(stores: AnyStores) -> None:
        await stores.one_time_tokens.take(hashed, Purpose.SIGN_UP, NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await unit_of_work.run(fail)

    assert await take(unit_of_work, hashed) is not None


async def test_the_newest_to_an_address_is_found_in_any_spelling(
    unit_of_work: AnyUnitOfWork,
) -> None:
    newest = sign_up(email="Ann@Example.org", created_at=NOW + timedelta(seconds=2))
    for token in (
        sign_up(email="ann@example.org"),
        newest,
        sign_up(email="ann@example.org", created_at=NOW + timedelta(seconds=1)),
        sign_up(email="bob@example.org", created_at=NOW + timedelta(hours=1)),
    ):
        await put(unit_of_work, token)

    async def look(purpose: Purpose, email: str, now: datetime) -> OneTimeToken | None:
        return await unit_of_work.read(
            lambda stores: stores.one_time_tokens.newest(purpose, email, now)
        )

    assert await look(Purpose.SIGN_UP, "ANN@example.org", NOW) == newest
    assert await look(Purpose.PASSWORD_RESET, "ann@example.org", NOW) is None
    assert await look(Purpose.SIGN_UP, "eve@example.org", NOW) is None
    assert await look(Purpose.SIGN_UP, "ann@example.org", newest.expires_at) is None


async def test_what_is_discarded_is_gone_and_the_rest_stays(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    to_ann = await put(unit_of_work, sign_up(email="ANN@example.org"))
    to_bob = await put(unit_of_work, sign_up(email="bob@example.org"))
    of_account = await put(
        unit_of_work, replace(sign_up(email="new@example.org"), account_id=account_id)
    )

    async def discard(stores: AnyStores) -> None:
        await stores.one_time_tokens.discard_sent_to("ann@example.org")
        await stores.one_time_tokens.discard_of_account(account_id)

    await unit_of_work.run(discard)
    assert await get(unit_of_work, to_ann) is None
    assert await get(unit_of_work, of_account) is None
    assert await get(unit_of_work, to_bob) is not None


async def test_a_purge_ends_what_expired_before(unit_of_work: AnyUnitOfWork) -> None:
    for minutes in range(3):
        await put(unit_of_work, sign_up(created_at=NOW + timedelta(minutes=minutes)))

    async def purge(before: datetime, limit: int) -> int:
        return await unit_of_work.run(lambda stores: stores.one_time_tokens.purge(before, limit))

    assert await purge(END, 10) == 0
    assert await purge(END + timedelta(minutes=1, seconds=1), 1) == 1
    assert await purge(END + timedelta(minutes=1, seconds=1), 10) == 1
    assert await purge(END + timedelta(days=1), 10) == 1


def test_a_token_is_256_bits_of_base64url_and_known_by_its_hash() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len({hash_of(token) for token in tokens}) == 100
    for token in tokens:
        assert len(token) == 43
        assert token.isascii()
