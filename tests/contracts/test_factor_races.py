"""Second factors at once over every unit of work: one code is one proof."""

import asyncio

import pytest

from domain.authentication.entities import Method
from domain.authentication.errors import CodesEnabled, InvalidChallenge, TooManyPasskeys
from domain.authentication.factors import MAX_PASSKEYS
from domain.errors import InvalidValue
from tests.contracts.conftest import AnyUnitOfWork
from tests.unit.factors import CLIENT, RIGHT, App, Factors, asked_of, authenticator, signed_in

# Fewer than may guess at once, and than the pool's connections have to wait for in vain.
AT_ONCE = 6


@pytest.fixture
def factors(unit_of_work: AnyUnitOfWork) -> Factors:
    return Factors(unit_of_work)


async def test_of_one_code_at_once_one_counts(factors: Factors) -> None:
    account = await factors.new_account()
    app, _ = await factors.enable_codes(account)

    used = await asyncio.gather(*(factors.tried(account, app.code()) for _ in range(AT_ONCE)))

    assert used.count(Method.TOTP) == 1
    assert used.count(None) == AT_ONCE - 1


async def test_of_one_recovery_code_at_once_one_counts(factors: Factors) -> None:
    account = await factors.new_account()
    _, codes = await factors.enable_codes(account)

    used = await asyncio.gather(*(factors.tried(account, codes[0]) for _ in range(AT_ONCE)))

    assert used.count(Method.RECOVERY_CODE) == 1
    with signed_in(account):
        assert (await factors.totp.read()).recovery_codes == 9


async def test_of_one_enrolment_at_once_one_is_enabled(factors: Factors) -> None:
    account = await factors.new_account()
    with signed_in(account):
        app = App(factors.clock, (await factors.totp.begin(RIGHT)).secret)

        results = await asyncio.gather(
            *(factors.totp.enable(app.code(), CLIENT) for _ in range(AT_ONCE)),
            return_exceptions=True,
        )

    (codes,) = [result for result in results if isinstance(result, tuple)]
    assert all(isinstance(it, CodesEnabled | InvalidValue) for it in results if it is not codes)
    assert await factors.tried(account, codes[0]) is Method.RECOVERY_CODE


async def test_of_one_challenge_at_once_one_answer_counts(factors: Factors) -> None:
    account = await factors.new_account()
    with signed_in(account):
        options = await factors.passkeys.begin(RIGHT)
        answers = [authenticator().create(asked_of(options)) for _ in range(AT_ONCE)]

        results = await asyncio.gather(
            *(factors.passkeys.add(options.challenge_id, "phone", it, CLIENT) for it in answers),
            return_exceptions=True,
        )

        assert sum(isinstance(result, InvalidChallenge) for result in results) == AT_ONCE - 1
        assert len(await factors.passkeys.list()) == 1


async def test_passkeys_at_once_are_bounded(factors: Factors) -> None:
    account = await factors.new_account()
    for _ in range(MAX_PASSKEYS - 2):
        await factors.add_passkey(account, authenticator())
    with signed_in(account):
        begun = [await factors.passkeys.begin(RIGHT) for _ in range(AT_ONCE)]

        results = await asyncio.gather(
            *(
                factors.passkeys.add(
                    options.challenge_id, "phone", authenticator().create(asked_of(options)), CLIENT
                )
                for options in begun
            ),
            return_exceptions=True,
        )

        assert sum(isinstance(it, TooManyPasskeys) for it in results) == AT_ONCE - 2
        assert len(await factors.passkeys.list()) == MAX_PASSKEYS
