"""The contract of domain.authentication.ports.Sessions."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.authentication.entities import MAX_SESSIONS, Method, RefreshState, Session
from domain.errors import Conflict
from tests.contracts.conftest import AnyStores, AnyUnitOfWork
from tests.contracts.test_accounts import NOW, make_account
from tests.contracts.test_accounts import add as add_accounts

HOUR = timedelta(hours=1)


def make_session(account_id: UUID, **values: object) -> Session:
    """Make a session that is live for a day from NOW on."""
    session = Session(
        id=uuid7(),
        account_id=account_id,
        refresh=RefreshState(family=b"f" * 32, current=b"c" * 32, rotated_at=NOW),
        device="Firefox",
        address="192.0.2.1",
        methods=(Method.PASSWORD,),
        authenticated_at=NOW,
        last_seen_at=NOW,
        expires_at=NOW + 24 * HOUR,
        created_at=NOW,
    )
    return replace(session, **values)


@pytest.fixture
async def account_id(unit_of_work: AnyUnitOfWork) -> UUID:
    account = make_account()
    await add_accounts(unit_of_work, account)
    return account.id


async def add(unit_of_work: AnyUnitOfWork, *sessions: Session) -> None:
    async def unit(stores: AnyStores) -> None:
        for session in sessions:
            await stores.sessions.add(session)

    await unit_of_work.run(unit)


async def get(unit_of_work: AnyUnitOfWork, session_id: UUID) -> Session | None:
    return await unit_of_work.run(lambda stores: stores.sessions.get_for_change(session_id))


async def live_of(unit_of_work: AnyUnitOfWork, account_id: UUID, limit: int = 99) -> list[Session]:
    return await unit_of_work.read(lambda stores: stores.sessions.live_of(account_id, NOW, limit))


async def end_all(
    unit_of_work: AnyUnitOfWork, account_id: UUID, but: UUID | None = None
) -> list[UUID]:
    return await unit_of_work.run(lambda stores: stores.sessions.end_all(account_id, NOW, but=but))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {
            "refresh": RefreshState(
                family=b"\0" * 32,
                current=b"\xff" * 31 + b" ",
                previous=bytes(range(32)),
                nonce=b"%s:id{x}\\'\"" + b"\0" * 21,
                rotated_at=NOW + timedelta(microseconds=1),
            )
        },
        {"device": "🙂" * 200, "address": "2001:db8:1234:5678:9abc:def0:255.255.255.255"},
        {"device": "", "address": ""},
        {"methods": tuple(Method)},
        {"ended_at": NOW + timedelta(microseconds=3)},
    ],
    ids=["plain", "bytes", "long", "empty", "methods", "ended"],
)
async def test_a_session_comes_back_as_it_was(
    unit_of_work: AnyUnitOfWork, account_id: UUID, values: dict[str, object]
) -> None:
    session = make_session(account_id, **values)

    await add(unit_of_work, session)

    assert await get(unit_of_work, session.id) == session


async def test_an_absent_session_is_none(unit_of_work: AnyUnitOfWork) -> None:
    assert await get(unit_of_work, uuid7()) is None


async def test_an_id_is_taken_once(unit_of_work: AnyUnitOfWork, account_id: UUID) -> None:
    session = make_session(account_id)
    await add(unit_of_work, session)

    with pytest.raises(Conflict):
        await add(unit_of_work, replace(session, device="another"))

    assert await get(unit_of_work, session.id) == session


async def test_saving_replaces_all_that_changes(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    session, other = make_session(account_id), make_session(account_id)
    await add(unit_of_work, session, other)
    changed = replace(
        session,
        refresh=RefreshState(
            family=b"F" * 32,
            current=b"C" * 32,
            previous=b"c" * 32,
            nonce=b"n" * 32,
            rotated_at=NOW + HOUR,
        ),
        device="Chromium",
        address="2001:db8::1",
        methods=(Method.PASSKEY, Method.TOTP),
        authenticated_at=NOW + HOUR,
        last_seen_at=NOW + HOUR,
        expires_at=NOW + 2 * HOUR,
        ended_at=NOW + HOUR,
    )

    await unit_of_work.run(lambda stores: stores.sessions.save(changed, NOW + HOUR))

    assert await get(unit_of_work, session.id) == changed
    assert await get(unit_of_work, other.id) == other


async def test_the_live_sessions_of_an_account_come_seen_last_first(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    stranger = make_account()
    await add_accounts(unit_of_work, stranger)
    oldest, newest, middle, twin = [
        make_session(account_id, last_seen_at=NOW - hours * HOUR) for hours in (3, 1, 2, 2)
    ]
    ended = make_session(account_id, ended_at=NOW)
    expired = make_session(account_id, expires_at=NOW)
    others = make_session(stranger.id)
    await add(unit_of_work, oldest, newest, middle, twin, ended, expired, others)

    assert await live_of(unit_of_work, account_id) == [newest, twin, middle, oldest]
    assert await live_of(unit_of_work, account_id, 2) == [newest, twin]
    assert await live_of(unit_of_work, uuid7()) == []


async def test_reading_the_sessions_of_an_account_with_too_many_ends_none(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    sessions = [make_session(account_id) for _ in range(MAX_SESSIONS + 1)]
    await add(unit_of_work, *sessions)

    assert len(await live_of(unit_of_work, account_id, MAX_SESSIONS)) == MAX_SESSIONS
    assert len(await live_of(unit_of_work, account_id, 99)) == MAX_SESSIONS + 1


async def test_all_live_sessions_of_an_account_end_but_one(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    stranger = make_account()
    await add_accounts(unit_of_work, stranger)
    kept, *others = [make_session(account_id) for _ in range(4)]
    over = make_session(account_id, ended_at=NOW - HOUR)
    expired = make_session(account_id, expires_at=NOW - HOUR)
    strangers = make_session(stranger.id)
    await add(unit_of_work, kept, *others, over, expired, strangers)

    ended = await end_all(unit_of_work, account_id, but=kept.id)

    assert ended == [session.id for session in others]
    assert await live_of(unit_of_work, account_id) == [kept]
    assert await get(unit_of_work, others[0].id) == replace(others[0], ended_at=NOW)
    for untouched in (over, expired, strangers):
        assert await get(unit_of_work, untouched.id) == untouched


async def test_all_live_sessions_of_an_account_end(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    sessions = [make_session(account_id) for _ in range(MAX_SESSIONS + 1)]
    await add(unit_of_work, *sessions)

    assert await end_all(unit_of_work, account_id) == [session.id for session in sessions]
    assert await end_all(unit_of_work, account_id) == []
    assert await end_all(unit_of_work, uuid7()) == []
    assert await live_of(unit_of_work, account_id) == []


async def test_a_purge_removes_what_ended_or_expired_before(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    moment = timedelta(microseconds=1)
    removed = [
        make_session(account_id, ended_at=NOW - moment),
        make_session(account_id, expires_at=NOW - moment),
        make_session(account_id, ended_at=NOW - 2 * moment, expires_at=NOW - moment),
        make_session(account_id, ended_at=NOW - moment, expires_at=NOW - 2 * moment),
    ]
    kept = [
        make_session(account_id),
        make_session(account_id, ended_at=NOW),
        make_session(account_id, expires_at=NOW),
        make_session(account_id, ended_at=NOW + moment),
    ]
    await add(unit_of_work, *removed, *kept)

    purged = [
        await unit_of_work.run(lambda stores: stores.sessions.purge(NOW, 3)) for _ in range(3)
    ]

    assert purged == [3, 1, 0]
    assert [await get(unit_of_work, session.id) for session in removed] == [None] * 4
    assert [await get(unit_of_work, session.id) for session in kept] == kept


async def test_changes_of_a_session_come_one_after_the_other(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    session = make_session(account_id, device="")
    await add(unit_of_work, session)

    async def append(stores: AnyStores) -> None:
        found = await stores.sessions.get_for_change(session.id)
        assert found is not None
        await stores.sessions.save(replace(found, device=found.device + "."), NOW)

    await asyncio.gather(*(unit_of_work.run(append) for _ in range(20)))

    changed = await get(unit_of_work, session.id)
    assert changed is not None
    assert changed.device == "." * 20


async def test_sessions_that_are_used_while_all_end_are_over(
    unit_of_work: AnyUnitOfWork, account_id: UUID
) -> None:
    sessions = [make_session(account_id) for _ in range(10)]
    await add(unit_of_work, *sessions)

    async def use(stores: AnyStores, session_id: UUID) -> None:
        found = await stores.sessions.get_for_change(session_id)
        assert found is not None
        await stores.sessions.save(replace(found, last_seen_at=NOW + HOUR), NOW)

    await asyncio.gather(
        *(
            unit_of_work.run(lambda stores, session=session: use(stores, session.id))
            for session in sessions
        ),
        end_all(unit_of_work, account_id),
        end_all(unit_of_work, account_id),
    )

    assert await live_of(unit_of_work, account_id) == []
