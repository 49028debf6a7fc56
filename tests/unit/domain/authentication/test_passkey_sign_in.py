"""Signing in by a passkey: who is let in, and who is not."""

from dataclasses import replace
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.authentication.entities import Method
from domain.authentication.errors import InvalidChallenge, InvalidPasskey
from domain.authentication.factors import CHALLENGE_LIFE
from tests.authenticator import Authenticator, Flag, packed, unpacked
from tests.unit.factors import CLIENT, RIGHT, Factors, asked_of, authenticator, signed_in
from tests.unit.fakes import Fakes

NOBODY = str(UUID(int=0))


@pytest.fixture
def factors(fakes: Fakes) -> Factors:
    return Factors(fakes.unit_of_work)


@pytest.fixture
async def ann(factors: Factors) -> UUID:
    return await factors.new_account()


@pytest.fixture
async def device(factors: Factors, ann: UUID) -> Authenticator:
    device = authenticator()
    await factors.add_passkey(ann, device)
    return device


async def refusals(fakes: Fakes) -> list[str]:
    return [it.subject for it in await fakes.pending() if it.kind == "session.refused"]


async def test_a_passkey_alone_signs_its_account_in(
    factors: Factors, ann: UUID, device: Authenticator
) -> None:
    options = await factors.passkey_sign_in.begin()

    signed = await factors.passkey_sign_in.sign_in(
        options.challenge_id, device.get(asked_of(options)), CLIENT, device_token="known"
    )

    assert signed.account_id == ann
    assert factors.starter.started == [(ann, (Method.PASSKEY,), "known")]
    with signed_in(ann):
        (passkey,) = await factors.passkeys.list()
    assert passkey.last_used_at == factors.clock.now()


async def test_what_an_authenticator_counts_is_kept(factors: Factors, ann: UUID) -> None:
    device = replace(authenticator(), sign_count=41)
    await factors.add_passkey(ann, device)
    copy = replace(device)

    await factors.sign_in_by(device)
    await factors.sign_in_by(device)

    with pytest.raises(InvalidPasskey):
        await factors.sign_in_by(copy)
    assert len(factors.starter.started) == 2


async def test_an_answer_is_taken_once(factors: Factors, device: Authenticator) -> None:
    options = await factors.passkey_sign_in.begin()
    response = device.get(asked_of(options))
    await factors.passkey_sign_in.sign_in(options.challenge_id, response, CLIENT)

    with pytest.raises(InvalidChallenge):
        await factors.passkey_sign_in.sign_in(options.challenge_id, response, CLIENT)
    other = await factors.passkey_sign_in.begin()
    with pytest.raises(InvalidPasskey):
        await factors.passkey_sign_in.sign_in(other.challenge_id, response, CLIENT)
    assert len(factors.starter.started) == 1


async def test_a_challenge_that_was_answered_wrongly_is_spent(
    factors: Factors, device: Authenticator
) -> None:
    options = await factors.passkey_sign_in.begin()
    with pytest.raises(InvalidPasskey):
        await factors.passkey_sign_in.sign_in(options.challenge_id, {}, CLIENT)

    with pytest.raises(InvalidChallenge):
        await factors.passkey_sign_in.sign_in(
            options.challenge_id, device.get(asked_of(options)), CLIENT
        )


async def test_a_challenge_for_something_else_is_none(
    factors: Factors, ann: UUID, device: Authenticator
) -> None:
    with signed_in(ann):
        options = await factors.passkeys.begin(RIGHT)
    response = device.get(asked_of(options))

    with pytest.raises(InvalidChallenge):
        await factors.passkey_sign_in.sign_in(options.challenge_id, response, CLIENT)
    with pytest.raises(InvalidChallenge):
        await factors.passkey_sign_in.sign_in(uuid7(), response, CLIENT)


async def test_an_answer_comes_in_time(factors: Factors, device: Authenticator) -> None:
    options = await factors.passkey_sign_in.begin()
    factors.clock.advance(CHALLENGE_LIFE)

    with pytest.raises(InvalidChallenge):
        await factors.passkey_sign_in.sign_in(
            options.challenge_id, device.get(asked_of(options)), CLIENT
        )


async def test_who_was_not_verified_is_refused(
    factors: Factors, ann: UUID, device: Authenticator, fakes: Fakes
) -> None:
    with pytest.raises(InvalidPasskey):
        await factors.sign_in_by(replace(device, flags=Flag.USER_PRESENT))

    assert await refusals(fakes) == [str(ann)]
    (event,) = [it for it in await fakes.pending() if it.kind == "session.refused"]
    assert event.details == {"reason": "passkey", "address": "192.0.2.1", "device": "a browser"}


async def test_a_passkey_that_nobody_has_is_refused(factors: Factors, fakes: Fakes) -> None:
    stranger = replace(authenticator(), user_handle=uuid7().bytes)

    with pytest.raises(InvalidPasskey):
        await factors.sign_in_by(stranger)

    assert await refusals(fakes) == [NOBODY]


async def test_a_passkey_is_that_of_its_account_alone(
    factors: Factors, device: Authenticator, fakes: Fakes
) -> None:
    ben = await factors.new_account()
    of_ben = authenticator()
    await factors.add_passkey(ben, of_ben)

    for forged in (
        replace(device, user_handle=ben.bytes),
        replace(device, credential_id=of_ben.credential_id),
        replace(device, credential_id=of_ben.credential_id, user_handle=ben.bytes),
    ):
        with pytest.raises(InvalidPasskey):
            await factors.sign_in_by(forged)

    # The event is of an account only if the passkey is.
    assert await refusals(fakes) == [NOBODY, NOBODY, str(ben)]
    assert factors.starter.started == []


async def test_a_passkey_that_was_removed_is_refused(
    factors: Factors, ann: UUID, device: Authenticator
) -> None:
    with signed_in(ann):
        (passkey,) = await factors.passkeys.list()
        await factors.passkeys.remove(passkey.id, RIGHT, CLIENT)

    with pytest.raises(InvalidPasskey):
        await factors.sign_in_by(device)


@pytest.mark.parametrize("state", ["disabled", "unverified", "deleted"])
async def test_an_account_that_cant_sign_in_does_not(factors: Factors, state: str) -> None:
    now = factors.clock.now()
    account_id = await factors.new_account(
        disabled_at=now if state == "disabled" else None,
        verified_at=None if state == "unverified" else now,
    )
    device = authenticator()
    await factors.add_passkey(account_id, device)
    if state == "deleted":
        await factors.unit_of_work.run(lambda stores: stores.accounts.delete(account_id, now))

    with pytest.raises(InvalidPasskey):
        await factors.sign_in_by(device)

    assert factors.starter.started == []


async def test_no_challenge_is_like_another_nor_names_an_account(
    factors: Factors, device: Authenticator
) -> None:
    asked = [asked_of(await factors.passkey_sign_in.begin()) for _ in range(10)]

    assert len({it["challenge"] for it in asked}) == 10
    assert all(len(unpacked(it["challenge"])) == 32 for it in asked)
    assert all(it["allowCredentials"] == [] for it in asked)
    assert packed(device.credential_id) not in repr(asked)
