"""Signing in by a password: who gets in, and what the others learn."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from adapters.memory.passwords import FastPasswordHasher
from domain.accounts.entities import Account
from domain.authentication.entities import (
    ACCESS_TOKEN_LIFE,
    MAX_SESSIONS,
    SESSION_IDLE_LIFE,
    Client,
    Method,
    SignedIn,
)
from domain.authentication.errors import (
    CodesUnusable,
    HashingOverloaded,
    InvalidCredentials,
    InvalidSecondFactor,
    SecondFactorRequired,
    TooManyAttempts,
)
from domain.authentication.guesses import BY_ACCOUNT, BY_DEVICE, BY_NETWORK
from domain.authentication.sign_in import NO_ACCOUNT, Credentials
from domain.errors import OutcomeUnknown, StoreUnavailable
from tests.unit.accounts import (
    PASSWORD,
    add_account,
    add_with_password,
    live_sessions,
    load_access,
    told,
)
from tests.unit.fakes import Fakes, raising

CLIENT = Client(address="192.0.2.7", network="192.0.2.7", device="Firefox")
WRONG = "incorrect horse"


@pytest.fixture
async def account(fakes: Fakes) -> Account:
    return await add_with_password(fakes)


async def sign_in(
    fakes: Fakes,
    account: Account,
    password: str = PASSWORD,
    *,
    code: str | None = None,
    device_token: str | None = None,
    client: Client = CLIENT,
) -> SignedIn:
    given = Credentials(
        email=account.email, password=password, code=code, device_token=device_token
    )
    return await fakes.use_cases().authentication.sign_in.sign_in(given, client)


async def fail(fakes: Fakes, account: Account, times: int, **others: object) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            await sign_in(fakes, account, WRONG, **others)  # type: ignore[arg-type]


async def test_who_has_the_password_gets_a_session(fakes: Fakes, account: Account) -> None:
    signed_in = await sign_in(fakes, account)

    (session,) = await live_sessions(fakes, account)
    now = fakes.clock.now()
    assert (session.id, session.device, session.address) == (
        signed_in.session_id,
        "Firefox",
        "192.0.2.7",
    )
    assert session.methods == (Method.PASSWORD,)
    assert session.authenticated_at == session.last_seen_at == session.created_at == now
    assert session.expires_at == now + SESSION_IDLE_LIFE
    claims = fakes.access_tokens().read(signed_in.access_token)
    assert (claims.account_id, claims.session_id) == (account.id, session.id)
    assert claims.expires_at == now + ACCESS_TOKEN_LIFE
    assert signed_in.expires_in == 600
    (event,) = await told(fakes, account)
    assert event.kind == "session.started"
    assert event.details == {
        "session": str(session.id),
        "methods": ["pwd"],
        "address": "192.0.2.7",
        "device": "Firefox",
    }


async def test_an_address_may_be_written_in_any_way(fakes: Fakes) -> None:
    account = await add_with_password(fakes, email="José@example.org")

    for spelling in (" JOSÉ@EXAMPLE.org", "jose\u0301@example.org\n"):
        given = Credentials(email=spelling, password=PASSWORD)
        signed_in = await fakes.use_cases().authentication.sign_in.sign_in(given, CLIENT)
        assert signed_in.account_id == account.id


async def test_all_refusals_are_alike(fakes: Fakes, account: Account) -> None:
    unverified = await add_with_password(fakes, verified_at=None)
    disabled = await add_with_password(fakes, disabled_at=fakes.clock.now())
    without = await add_account(fakes)
    deleted = await add_with_password(fakes)
    await fakes.unit_of_work.run(
        lambda stores: stores.accounts.delete(deleted.id, fakes.clock.now())
    )
    unknown = replace(account, email="nobody@example.org")

    told_reasons = set()
    for refused, password in (
        (account, WRONG),
        (account, ""),
        (unknown, PASSWORD),
        (unverified, PASSWORD),
        (disabled, PASSWORD),
        (disabled, WRONG),
        (without, PASSWORD),
        (deleted, PASSWORD),
    ):
        hashes, events = fakes.password_hasher.hashes, len(await fakes.pending())
        with pytest.raises(InvalidCredentials) as caught:
            await sign_in(fakes, refused, password)
        # The same work, too: one hash and one event.
        assert fakes.password_hasher.hashes == hashes + 1
        assert len(await fakes.pending()) == events + 1
        told_reasons.add(str(caught.value))

    assert len(told_reasons) == 1


async def test_a_refusal_is_told_of_the_account_without_what_was_typed(
    fakes: Fakes, account: Account
) -> None:
    await fail(fakes, account, 1)
    await fail(fakes, replace(account, email="a.secret.typed@example.org"), 1)

    refused, unknown = await fakes.pending()
    assert refused.kind == unknown.kind == "session.refused"
    assert (refused.subject, unknown.subject) == (str(account.id), str(NO_ACCOUNT))
    assert refused.details == unknown.details
    assert refused.details == {"reason": "password", "address": "192.0.2.7", "device": "Firefox"}


async def test_guesses_at_one_account_are_stopped_wherever_they_come_from(
    fakes: Fakes, account: Account
) -> None:
    for number in range(BY_ACCOUNT.quota):
        client = replace(CLIENT, network=f"198.51.100.{number}")
        await fail(fakes, account, 1, client=client)

    hashes = fakes.password_hasher.hashes
    with pytest.raises(TooManyAttempts) as caught:
        await sign_in(fakes, replace(account, email=account.email.upper()))

    assert 0 < caught.value.retry_after <= BY_ACCOUNT.window / BY_ACCOUNT.quota
    assert fakes.password_hasher.hashes == hashes
    assert await live_sessions(fakes, account) == []


@pytest.mark.parametrize("email", [" {}", "{}\n", "\u00a0{}", "\u3000{}\u2003"])
async def test_spaces_around_an_address_give_no_more_guesses(
    fakes: Fakes, account: Account, email: str
) -> None:
    await fail(fakes, account, BY_ACCOUNT.quota)
    given = Credentials(email=email.format(account.email), password=PASSWORD)

    with pytest.raises(TooManyAttempts):
        await fakes.use_cases().authentication.sign_in.sign_in(given, CLIENT)


async def test_what_was_not_compared_is_no_guess(fakes: Fakes, account: Account) -> None:
    verify = fakes.password_hasher.verify
    fakes.password_hasher.verify = raising(HashingOverloaded())  # type: ignore[method-assign]
    for _ in range(2 * BY_ACCOUNT.quota):
        with pytest.raises(HashingOverloaded):
            await sign_in(fakes, account)

    fakes.password_hasher.verify = verify  # type: ignore[method-assign]
    assert await sign_in(fakes, account)


async def test_who_is_in_stays_so_when_nothing_can_be_given_back(
    fakes: Fakes, account: Account
) -> None:
    fakes.attempts.give_back = raising(StoreUnavailable("MySQL", "gone"))  # type: ignore[method-assign]

    assert await sign_in(fakes, account)


async def test_an_unknown_address_is_limited_like_a_known_one(
    fakes: Fakes, account: Account
) -> None:
    unknown = replace(account, email="nobody@example.org")
    await fail(fakes, unknown, BY_ACCOUNT.quota)

    with pytest.raises(TooManyAttempts):
        await sign_in(fakes, unknown)


async def test_guesses_from_one_network_are_stopped_whomever_they_are_at(
    fakes: Fakes, account: Account
) -> None:
    for number in range(BY_NETWORK.quota):
        await fail(fakes, replace(account, email=f"{number}@example.org"), 1)

    with pytest.raises(TooManyAttempts):
        await sign_in(fakes, account)
    assert await sign_in(fakes, account, client=replace(CLIENT, network="2001:db8::/64"))


async def test_who_guesses_locks_nobody_out_of_a_device_of_theirs(
    fakes: Fakes, account: Account
) -> None:
    device_token = (await sign_in(fakes, account)).device_token
    await fail(fakes, account, BY_ACCOUNT.quota)
    with pytest.raises(TooManyAttempts):
        await sign_in(fakes, account)

    again = await sign_in(fakes, account, device_token=device_token)

    assert await sign_in(fakes, account, device_token=again.device_token)


async def test_a_device_that_is_known_guesses_no_faster(fakes: Fakes, account: Account) -> None:
    device_token = (await sign_in(fakes, account)).device_token
    await fail(fakes, account, BY_DEVICE.quota, device_token=device_token)

    with pytest.raises(TooManyAttempts):
        await sign_in(fakes, account, device_token=device_token)
    assert await sign_in(fakes, account)


async def test_a_device_of_another_account_is_a_stranger(fakes: Fakes, account: Account) -> None:
    other = await add_with_password(fakes)
    device_token = (await sign_in(fakes, other)).device_token
    await fail(fakes, account, BY_ACCOUNT.quota, device_token=device_token)

    with pytest.raises(TooManyAttempts):
        await sign_in(fakes, account, device_token=device_token)
    signed_in = await sign_in(fakes, other, device_token=device_token)
    assert signed_in.account_id == other.id


async def test_who_signs_in_often_is_not_taken_for_a_guesser(
    fakes: Fakes, account: Account
) -> None:
    for _ in range(3 * BY_ACCOUNT.quota):
        await sign_in(fakes, account)


async def test_a_better_hash_takes_the_place_of_an_outdated_one(
    fakes: Fakes, account: Account
) -> None:
    fakes.password_hasher = FastPasswordHasher("v=2")

    await sign_in(fakes, account)

    hashed = await fakes.unit_of_work.read(lambda stores: stores.passwords.get(account.id))
    assert hashed is not None
    assert not fakes.password_hasher.is_outdated(hashed)
    assert await sign_in(fakes, account)


async def test_a_wrong_password_makes_no_better_hash(fakes: Fakes, account: Account) -> None:
    fakes.password_hasher = FastPasswordHasher("v=2")
    before = await fakes.unit_of_work.read(lambda stores: stores.passwords.get(account.id))

    await fail(fakes, account, 1)

    after = await fakes.unit_of_work.read(lambda stores: stores.passwords.get(account.id))
    assert before == after


async def test_a_password_that_changes_meanwhile_does_not_sign_in(
    fakes: Fakes, account: Account
) -> None:
    hashed = await fakes.password_hasher.hash("another one")

    async def change() -> None:
        fakes.unit_of_work.after_read = lambda: asyncio.sleep(0)
        await fakes.unit_of_work.run(
            lambda stores: stores.passwords.put(account.id, hashed, fakes.clock.now())
        )

    fakes.unit_of_work.after_read = change
    with pytest.raises(InvalidCredentials):
        await sign_in(fakes, account)

    assert await live_sessions(fakes, account) == []
    assert await sign_in(fakes, account, "another one")


async def test_a_hash_that_got_better_meanwhile_signs_in(fakes: Fakes, account: Account) -> None:
    hashed = await fakes.password_hasher.hash(PASSWORD)

    async def upgrade() -> None:
        fakes.unit_of_work.after_read = lambda: asyncio.sleep(0)
        await fakes.unit_of_work.run(
            lambda stores: stores.passwords.put(account.id, hashed, fakes.clock.now())
        )

    fakes.unit_of_work.after_read = upgrade

    assert await sign_in(fakes, account)
    assert len(await live_sessions(fakes, account)) == 1


async def test_a_second_factor_is_asked_for_behind_the_right_password_only(
    fakes: Fakes, account: Account
) -> None:
    fakes.second_factors.codes[account.id] = "123456"

    await fail(fakes, account, 1)
    with pytest.raises(SecondFactorRequired) as caught:
        await sign_in(fakes, account)
    with pytest.raises(InvalidSecondFactor):
        await sign_in(fakes, account, code="000000")
    with pytest.raises(InvalidCredentials):
        await sign_in(fakes, account, WRONG, code="123456")
    assert await live_sessions(fakes, account) == []
    signed_in = await sign_in(fakes, account, code="123456")

    assert caught.value.methods == ("totp",)
    (session,) = await live_sessions(fakes, account)
    assert session.id == signed_in.session_id
    assert session.methods == (Method.PASSWORD, Method.TOTP)
    reasons = [event.details.get("reason") for event in await told(fakes, account)]
    assert reasons == ["password", "second factor", "password", None]


async def test_wrong_codes_are_guesses_and_missing_ones_are_not(
    fakes: Fakes, account: Account
) -> None:
    fakes.second_factors.codes[account.id] = "123456"
    for _ in range(2 * BY_ACCOUNT.quota):
        with pytest.raises(SecondFactorRequired):
            await sign_in(fakes, account)
    for _ in range(BY_ACCOUNT.quota):
        with pytest.raises(InvalidSecondFactor):
            await sign_in(fakes, account, code="000000")

    with pytest.raises(TooManyAttempts):
        await sign_in(fakes, account, code="123456")


async def test_codes_that_can_not_be_checked_are_no_guesses_at_the_password(
    fakes: Fakes, account: Account
) -> None:
    fakes.second_factors.codes[account.id] = "123456"
    fakes.second_factors.trouble = CodesUnusable()
    for _ in range(2 * BY_ACCOUNT.quota):
        with pytest.raises(CodesUnusable):
            await sign_in(fakes, account, code="123456")

    fakes.second_factors.trouble = None
    assert await sign_in(fakes, account, code="123456")
    reasons = [event.details.get("reason") for event in await told(fakes, account)]
    assert set(reasons) == {"second factor", None}


async def test_the_session_used_longest_ago_makes_room(fakes: Fakes, account: Account) -> None:
    signed_in = []
    for _ in range(MAX_SESSIONS):
        signed_in.append(await sign_in(fakes, account))
        fakes.clock.advance(timedelta(seconds=1))
    first, second, *_ = signed_in
    sessions = fakes.use_cases().authentication.sessions
    await sessions.refresh(first.refresh_token, CLIENT)

    last = await sign_in(fakes, account)

    live = {session.id for session in await live_sessions(fakes, account)}
    assert len(live) == MAX_SESSIONS
    assert {first.session_id, last.session_id} <= live
    assert second.session_id not in live
    ended = [event for event in await told(fakes, account) if event.kind == "session.ended"]
    assert [event.details for event in ended] == [
        {"session": str(second.session_id), "reason": "too many"}
    ]


async def test_a_session_counts_from_the_next_request_on(fakes: Fakes, account: Account) -> None:
    await load_access(fakes, account)

    signed_in = await sign_in(fakes, account)

    access = await load_access(fakes, account)
    assert list(access.sessions) == [signed_in.session_id]  # type: ignore[attr-defined]


async def test_a_commit_of_unknown_outcome_leaves_nothing_old_in_the_cache(
    fakes: Fakes, account: Account
) -> None:
    await load_access(fakes, account)
    fakes.unit_of_work.after_commit = raising(OutcomeUnknown("MySQL", "gone"))

    with pytest.raises(OutcomeUnknown):
        await sign_in(fakes, account)

    access = await load_access(fakes, account)
    assert len(access.sessions) == 1  # type: ignore[attr-defined]


async def test_a_unit_that_runs_again_leaves_one_session_and_one_event(
    fakes: Fakes, account: Account
) -> None:
    fakes.unit_of_work.aborts = True

    await sign_in(fakes, account)

    assert len(await live_sessions(fakes, account)) == 1
    assert len(await told(fakes, account)) == 1


def test_no_text_form_shows_a_secret() -> None:
    given = Credentials(
        email="a@example.org", password=PASSWORD, code="123456", device_token="dt_x"
    )
    signed_in = SignedIn(
        account_id=UUID(int=1),
        session_id=UUID(int=2),
        access_token="eyJ",
        expires_in=600,
        refresh_token="rt_",
        device_token="dt_x",
    )

    for text in (repr(given), str(given), repr(signed_in), str(signed_in)):
        assert not any(secret in text for secret in (PASSWORD, "123456", "eyJ", "rt_", "dt_x"))
