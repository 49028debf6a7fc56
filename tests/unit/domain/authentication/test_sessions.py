"""How sessions go on, and how they end."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.accounts.entities import Account
from domain.authentication.entities import (
    MAX_SESSIONS,
    REFRESH_GRACE,
    SESSION_IDLE_LIFE,
    SESSION_LIFE,
    Client,
    Method,
    SignedIn,
)
from domain.authentication.errors import InvalidCredentials, InvalidToken
from domain.authentication.refresh_tokens import RefreshToken, read_refresh_token
from domain.authentication.sessions import ENDED_KEPT_FOR, SessionUseCases
from domain.callers import Caller, acting_as
from domain.errors import NotAuthenticated, NotFound, NotPermitted, OutcomeUnknown
from tests.unit.accounts import (
    add_account,
    caller_of,
    key_of,
    live_sessions,
    load_access,
    told,
)
from tests.unit.fakes import Fakes, raising

CLIENT = Client(address="192.0.2.7", network="192.0.2.7", device="Firefox")
ELSEWHERE = Client(address="198.51.100.1", network="198.51.100.1", device="Chromium")
MOMENT = timedelta(microseconds=1)


@pytest.fixture
async def account(fakes: Fakes) -> Account:
    return await add_account(fakes)


@pytest.fixture
def sessions(fakes: Fakes) -> SessionUseCases:
    return fakes.use_cases().authentication.sessions


async def start(fakes: Fakes, account: Account) -> SignedIn:
    return await fakes.starter().start(account.id, [Method.PASSKEY], CLIENT)


def caller(account: Account, signed_in: SignedIn) -> Caller:
    return caller_of(account, signed_in.session_id)


async def is_live(fakes: Fakes, account: Account, signed_in: SignedIn) -> bool:
    return signed_in.session_id in {it.id for it in await live_sessions(fakes, account)}


async def test_an_account_that_can_not_sign_in_starts_no_session(fakes: Fakes) -> None:
    disabled = await add_account(fakes, disabled_at=fakes.clock.now())
    unverified = await add_account(fakes, verified_at=None)

    for account in (disabled, unverified):
        with pytest.raises(InvalidCredentials):
            await start(fakes, account)
        assert await live_sessions(fakes, account) == []


async def test_a_device_is_known_by_one_id_however_often_it_signs_in(
    fakes: Fakes, account: Account
) -> None:
    first = await start(fakes, account)
    starter = fakes.starter()

    again = await starter.start(
        account.id, [Method.PROVIDER], CLIENT, device_token=first.device_token
    )
    other = await start(fakes, account)

    ids = [starter.known_device(it.device_token, account.id) for it in (first, again, other)]
    assert ids[0] is not None
    assert ids[0] == ids[1] != ids[2]


async def test_a_session_goes_on_by_its_refresh_token(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    first = await start(fakes, account)
    fakes.clock.advance(timedelta(minutes=9))

    second = await sessions.refresh(first.refresh_token, ELSEWHERE)

    assert second.refresh_token != first.refresh_token
    assert (second.account_id, second.session_id) == (account.id, first.session_id)
    assert second.device_token is None
    claims = fakes.access_tokens().read(second.access_token)
    assert (claims.session_id, claims.issued_at) == (first.session_id, fakes.clock.now())
    (session,) = await live_sessions(fakes, account)
    assert (session.device, session.address) == ("Chromium", "198.51.100.1")
    assert session.last_seen_at == fakes.clock.now()
    assert session.authenticated_at == session.created_at < session.last_seen_at
    assert session.expires_at == fakes.clock.now() + SESSION_IDLE_LIFE
    third = await sessions.refresh(second.refresh_token, CLIENT)
    assert third.refresh_token not in {first.refresh_token, second.refresh_token}


async def test_a_session_that_nobody_uses_ends(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    signed_in = await start(fakes, account)
    fakes.clock.advance(SESSION_IDLE_LIFE - MOMENT)
    signed_in = await sessions.refresh(signed_in.refresh_token, CLIENT)

    fakes.clock.advance(SESSION_IDLE_LIFE)

    with pytest.raises(InvalidToken):
        await sessions.refresh(signed_in.refresh_token, CLIENT)


async def test_a_session_ends_at_last_however_often_it_is_used(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    signed_in = await start(fakes, account)
    began = fakes.clock.now()
    while fakes.clock.now() < began + SESSION_LIFE - timedelta(days=1):
        fakes.clock.advance(timedelta(days=20))
        if fakes.clock.now() >= began + SESSION_LIFE:
            break
        signed_in = await sessions.refresh(signed_in.refresh_token, CLIENT)

    fakes.clock.advance(began + SESSION_LIFE - fakes.clock.now())

    with pytest.raises(InvalidToken):
        await sessions.refresh(signed_in.refresh_token, CLIENT)


async def test_a_lost_answer_is_given_again(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    first = await start(fakes, account)
    second = await sessions.refresh(first.refresh_token, CLIENT)
    fakes.clock.advance(REFRESH_GRACE)

    again = await sessions.refresh(first.refresh_token, CLIENT)

    assert again.refresh_token == second.refresh_token
    assert await sessions.refresh(again.refresh_token, CLIENT)


async def test_of_many_refreshes_at_once_all_get_one_successor(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    first = await start(fakes, account)

    refreshed = await asyncio.gather(
        *(sessions.refresh(first.refresh_token, CLIENT) for _ in range(20))
    )

    assert len({it.refresh_token for it in refreshed}) == 1
    assert await is_live(fakes, account, first)


@pytest.mark.parametrize("whose", ["first", "second"])
async def test_a_token_that_is_used_again_ends_its_session_for_good(
    fakes: Fakes, account: Account, sessions: SessionUseCases, whose: str
) -> None:
    other = await start(fakes, account)
    first = await start(fakes, account)
    second = await sessions.refresh(first.refresh_token, CLIENT)
    third = await sessions.refresh(second.refresh_token, CLIENT)
    fakes.clock.advance(REFRESH_GRACE + MOMENT)
    await load_access(fakes, account)
    reused = {"first": first, "second": second}[whose]

    with pytest.raises(InvalidToken):
        await sessions.refresh(reused.refresh_token, ELSEWHERE)

    for token in (first, second, third):
        with pytest.raises(InvalidToken):
            await sessions.refresh(token.refresh_token, CLIENT)
    assert not await is_live(fakes, account, first)
    assert await is_live(fakes, account, other)
    access = await load_access(fakes, account)
    assert list(access.sessions) == [other.session_id]  # type: ignore[attr-defined]
    reuses = [event for event in await told(fakes, account) if event.kind == "session.reused"]
    assert [event.details for event in reuses] == [
        {"session": str(first.session_id), "address": "198.51.100.1"}
    ]


async def test_a_token_of_no_session_ends_none(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    signed_in = await start(fakes, account)
    token = read_refresh_token(signed_in.refresh_token)
    assert token is not None
    forged = RefreshToken(session_id=token.session_id, family=b"f" * 32, own=token.own)
    unknown = RefreshToken(session_id=uuid4(), family=token.family, own=token.own)

    for text in (forged.text, unknown.text, "", "rt_", signed_in.access_token):
        with pytest.raises(InvalidToken):
            await sessions.refresh(text, CLIENT)

    assert await sessions.refresh(signed_in.refresh_token, CLIENT)


async def test_an_account_that_can_not_sign_in_any_more_refreshes_nothing(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    signed_in = await start(fakes, account)
    await fakes.unit_of_work.run(
        lambda stores: stores.accounts.delete(account.id, fakes.clock.now())
    )

    with pytest.raises(InvalidToken):
        await sessions.refresh(signed_in.refresh_token, CLIENT)


async def test_people_see_their_own_live_sessions(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    stranger = await add_account(fakes)
    await start(fakes, stranger)
    first = await start(fakes, account)
    fakes.clock.advance(MOMENT)
    second = await start(fakes, account)

    with acting_as(caller(account, first)):
        listed = await sessions.list_mine()

    assert [(it.id, it.is_current) for it in listed] == [
        (second.session_id, False),
        (first.session_id, True),
    ]


async def test_a_list_of_sessions_is_bounded(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    for _ in range(MAX_SESSIONS + 3):
        signed_in = await start(fakes, account)

    with acting_as(caller(account, signed_in)):
        assert len(await sessions.list_mine()) == MAX_SESSIONS


async def test_a_session_is_ended_at_once_and_once(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    first, second = await start(fakes, account), await start(fakes, account)
    await load_access(fakes, account)

    with acting_as(caller(account, first)):
        await sessions.end_mine(second.session_id)
        with pytest.raises(NotFound):
            await sessions.end_mine(second.session_id)

    access = await load_access(fakes, account)
    assert list(access.sessions) == [first.session_id]  # type: ignore[attr-defined]
    with pytest.raises(InvalidToken):
        await sessions.refresh(second.refresh_token, CLIENT)
    (*_, event) = await told(fakes, account)
    assert (event.kind, event.details) == ("session.ended", {"session": str(second.session_id)})


async def test_nobody_ends_the_session_of_another(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    stranger = await add_account(fakes)
    theirs, mine = await start(fakes, stranger), await start(fakes, account)

    with acting_as(caller(account, mine)):
        for unknown in (theirs.session_id, uuid4()):
            with pytest.raises(NotFound):
                await sessions.end_mine(unknown)

    assert await is_live(fakes, stranger, theirs)


async def test_signing_out_ends_the_session_that_asks(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    first, second = await start(fakes, account), await start(fakes, account)

    with acting_as(caller(account, first)):
        await sessions.end_current()
        with pytest.raises(NotFound):
            await sessions.end_current()

    assert not await is_live(fakes, account, first)
    assert await is_live(fakes, account, second)


@pytest.mark.parametrize("but_current", [False, True])
async def test_all_sessions_end_at_once(
    fakes: Fakes, account: Account, sessions: SessionUseCases, *, but_current: bool
) -> None:
    signed_in = [await start(fakes, account) for _ in range(3)]
    stranger = await add_account(fakes)
    theirs = await start(fakes, stranger)
    await load_access(fakes, account)

    with acting_as(caller(account, signed_in[0])):
        for _ in range(2):
            await sessions.end_all_mine(but_current=but_current)

    live = [await is_live(fakes, account, it) for it in signed_in]
    assert live == [but_current, False, False]
    access = await load_access(fakes, account)
    assert len(access.sessions) == but_current  # type: ignore[attr-defined]
    assert await is_live(fakes, stranger, theirs)
    ended = [event for event in await told(fakes, account) if event.kind == "session.ended"]
    assert [event.details for event in ended] == [{"sessions": 3 - but_current}]


async def test_an_end_of_unknown_outcome_leaves_nothing_old_in_the_cache(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    signed_in = await start(fakes, account)
    await load_access(fakes, account)
    fakes.unit_of_work.after_commit = raising(OutcomeUnknown("MySQL", "gone"))

    with acting_as(caller(account, signed_in)), pytest.raises(OutcomeUnknown):
        await sessions.end_current()

    access = await load_access(fakes, account)
    assert not access.sessions  # type: ignore[attr-defined]


async def test_a_reuse_of_unknown_outcome_leaves_nothing_old_in_the_cache(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    first = await start(fakes, account)
    await sessions.refresh(first.refresh_token, CLIENT)
    fakes.clock.advance(REFRESH_GRACE + MOMENT)
    await load_access(fakes, account)
    fakes.unit_of_work.after_commit = raising(OutcomeUnknown("MySQL", "gone"))

    with pytest.raises(OutcomeUnknown):
        await sessions.refresh(first.refresh_token, CLIENT)

    access = await load_access(fakes, account)
    assert not access.sessions  # type: ignore[attr-defined]


async def test_sessions_are_for_people_who_are_signed_in(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    signed_in = await start(fakes, account)

    for call in (
        sessions.list_mine,
        lambda: sessions.end_mine(signed_in.session_id),
        sessions.end_current,
        sessions.end_all_mine,
    ):
        with pytest.raises(NotAuthenticated):
            await call()
        with acting_as(key_of(account)), pytest.raises(NotPermitted):
            await call()
    assert await is_live(fakes, account, signed_in)


async def test_what_ended_is_kept_for_a_while_and_then_purged(
    fakes: Fakes, account: Account, sessions: SessionUseCases
) -> None:
    first = await start(fakes, account)
    for _ in range(3):
        await start(fakes, account)
    with acting_as(caller(account, first)):
        await sessions.end_all_mine()
    live = await start(fakes, account)

    fakes.clock.advance(ENDED_KEPT_FOR)
    assert await sessions.purge_sessions() == 0
    fakes.clock.advance(MOMENT)
    assert await sessions.purge_sessions(batch_size=3) == 4

    assert await is_live(fakes, account, live)
