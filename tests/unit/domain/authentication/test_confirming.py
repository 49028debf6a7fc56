"""What a confirmation has to show."""

import pytest

from domain.authentication.confirmation import Confirmation
from domain.authentication.entities import FRESH_FOR, Method, Session
from domain.authentication.errors import ConfirmationRequired, TooManyAttempts
from domain.callers import acting_as
from tests.unit.domain.authentication.people import PASSWORD, People, caller_of, confirmed

CODE = "123456"
PASSKEY_ALONE = (Method.PASSKEY,)
CODES = (Method.TOTP, Method.RECOVERY_CODE)


@pytest.fixture
async def session(people: People) -> Session:
    return await people.session(await people.signed_up())


async def holds(people: People, session: Session, given: Confirmation) -> bool:
    with acting_as(caller_of(session)):
        try:
            await people.step_up.confirm(session.account_id, given)
        except ConfirmationRequired:
            return False
    return True


@pytest.mark.parametrize(
    "methods,given,expected",
    [
        ((), confirmed(), True),
        ((), confirmed("wrong"), False),
        ((), confirmed(None), False),
        ((), confirmed(None, CODE), False),
        (CODES, confirmed(PASSWORD, CODE), True),
        (CODES, confirmed(PASSWORD), False),
        (CODES, confirmed(PASSWORD, "000000"), False),
        (CODES, confirmed("wrong", CODE), False),
        (CODES, confirmed(None, CODE), False),
        (PASSKEY_ALONE, confirmed(), False),
        (PASSKEY_ALONE, confirmed(PASSWORD, CODE), True),
    ],
)
async def test_an_account_with_a_password_shows_it_and_a_code_where_it_has_any(
    people: People,
    session: Session,
    methods: tuple[Method, ...],
    given: Confirmation,
    expected: bool,  # noqa: FBT001  # The test's parameter.
) -> None:
    people.factors.methods = methods

    assert await holds(people, session, given) == expected


async def test_a_fresh_session_by_a_passkey_stands_for_its_second_factor(people: People) -> None:
    people.factors.methods = PASSKEY_ALONE
    session = await people.session(await people.signed_up(), Method.PASSKEY)

    assert await holds(people, session, confirmed())
    people.fakes.clock.advance(FRESH_FOR)
    assert not await holds(people, session, confirmed())


async def test_without_a_password_a_fresh_session_does(people: People) -> None:
    account = await people.signed_up()
    await people.fakes.unit_of_work.run(forget_passwords)
    session = await people.session(account, Method.PROVIDER)

    assert await holds(people, session, confirmed(None))
    people.factors.methods = CODES
    assert not await holds(people, session, confirmed(None))
    assert await holds(people, session, confirmed(None, CODE))
    people.fakes.clock.advance(FRESH_FOR)
    assert not await holds(people, session, confirmed(None, CODE))


async def test_a_session_of_somebody_else_is_worth_nothing(people: People) -> None:
    account = await people.signed_up()
    await people.fakes.unit_of_work.run(forget_passwords)
    other = await people.session(await people.signed_up("bob@example.org"))

    with acting_as(caller_of(other)), pytest.raises(ConfirmationRequired):
        await people.step_up.confirm(account.id, confirmed(None))


async def test_guesses_are_counted_and_right_ones_are_not(people: People, session: Session) -> None:
    for _ in range(30):
        assert await holds(people, session, confirmed())
    for _ in range(10):
        assert not await holds(people, session, confirmed("wrong"))

    with acting_as(caller_of(session)), pytest.raises(TooManyAttempts):
        await people.step_up.confirm(session.account_id, confirmed())


async def forget_passwords(stores: object) -> None:
    stores.passwords._hashes.clear()
