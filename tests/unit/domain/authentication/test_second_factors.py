"""Codes, recovery codes and passkeys: what they prove, what they cost, and what ends them."""

from contextlib import suppress
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from adapters.security.sealer import AESSealer
from domain.authentication.entities import Method
from domain.authentication.errors import (
    CodesEnabled,
    CodesUnusable,
    ConfirmationRequired,
    InvalidChallenge,
    NoSecondFactor,
    PasskeyKnown,
    TooManyAttempts,
    TooManyPasskeys,
)
from domain.authentication.factors import CHALLENGE_LIFE, ENROLMENT_LIFE, MAX_PASSKEYS
from domain.authentication.provider_errors import LastWayIn
from domain.authentication.retention import Retention
from domain.callers import OPERATOR, Caller, acting_as
from domain.errors import InvalidValue, NotAuthenticated, NotFound, NotPermitted
from tests.contracts.examples import new_account
from tests.unit.factors import (
    A_STEP,
    CLIENT,
    KEY,
    RIGHT,
    WRONG,
    App,
    Factors,
    asked_of,
    authenticator,
    signed_in,
)
from tests.unit.fakes import Fakes

OTHER_KEY = b"o" * 32


@pytest.fixture
def factors(fakes: Fakes) -> Factors:
    return Factors(fakes.unit_of_work)


@pytest.fixture
async def ann(factors: Factors) -> UUID:
    return await factors.new_account()


@pytest.fixture
async def ben(factors: Factors) -> UUID:
    return await factors.new_account()


def under(factors: Factors, *keys: bytes) -> Factors:
    """Give what has other keys, over the same stores."""
    return Factors(factors.unit_of_work, clock=factors.clock, sealer=AESSealer(keys))


async def kinds(fakes: Fakes) -> list[str]:
    return [event.kind for event in await fakes.pending()]


async def test_codes_are_asked_for_once_one_was_shown(factors: Factors, ann: UUID) -> None:
    with signed_in(ann):
        enrolment = await factors.totp.begin(RIGHT)
        app = App(factors.clock, enrolment.secret)
        assert await factors.required(ann) == ()
        assert await factors.tried(ann, app.code()) is None

        codes = await factors.totp.enable(app.code(), CLIENT)

    assert enrolment.secret in enrolment.uri
    assert enrolment.uri.startswith("otpauth://totp/My%20Service:")
    assert enrolment.secret not in repr(enrolment)
    assert len(set(codes)) == 10
    assert await factors.required(ann) == (Method.TOTP, Method.RECOVERY_CODE)


async def test_a_code_counts_once_for_whatever_it_was_shown(factors: Factors, ann: UUID) -> None:
    app, _ = await factors.enable_codes(ann)

    assert await factors.tried(ann, app.code(-1)) is None  # It enabled the codes.
    assert await factors.tried(ann, app.code()) is Method.TOTP
    assert await factors.tried(ann, app.code()) is None
    assert await factors.tried(ann, f" {app.code(1)[:3]} {app.code(1)[3:]} ") is Method.TOTP
    factors.clock.advance(A_STEP)
    assert await factors.tried(ann, app.code()) is None


async def test_a_code_is_that_of_its_account(factors: Factors, ann: UUID, ben: UUID) -> None:
    app, codes = await factors.enable_codes(ann)
    await factors.enable_codes(ben)

    for code in (app.code(), codes[0]):
        assert await factors.tried(ben, code) is None


@pytest.mark.parametrize("code", ["", "123456", "abc", "x" * 10_000, "0000-0000-0000-0000"])
async def test_no_other_text_is_a_code(factors: Factors, ann: UUID, code: str) -> None:
    assert await factors.tried(ann, code) is None
    await factors.enable_codes(ann)
    assert await factors.tried(ann, code) is None


async def test_guesses_are_counted_by_account(factors: Factors, ann: UUID, ben: UUID) -> None:
    _, codes = await factors.enable_codes(ann)
    app, _ = await factors.enable_codes(ben)

    async def guess() -> None:
        for _ in range(20):
            await factors.tried(ann, "not a code")

    with pytest.raises(TooManyAttempts) as caught:
        await guess()

    assert 1 <= caught.value.retry_after <= 1800
    assert await factors.tried(ben, app.code()) is Method.TOTP
    # Whoever guesses codes keeps the owner from codes alone.
    assert await factors.tried(ann, codes[0]) is Method.RECOVERY_CODE


async def test_right_codes_are_no_guesses(factors: Factors, ann: UUID) -> None:
    app, _ = await factors.enable_codes(ann)

    for _ in range(20):
        assert await factors.tried(ann, app.code()) is Method.TOTP
        factors.clock.advance(A_STEP)


async def test_who_guesses_the_code_that_enables_codes_is_stopped(
    factors: Factors, ann: UUID
) -> None:
    async def guess() -> None:
        for _ in range(20):
            with suppress(InvalidValue):
                await factors.totp.enable("not a code", CLIENT)

    with signed_in(ann):
        await factors.totp.begin(RIGHT)
        with pytest.raises(TooManyAttempts):
            await guess()


async def test_a_recovery_code_counts_once(factors: Factors, ann: UUID, fakes: Fakes) -> None:
    _, codes = await factors.enable_codes(ann)

    used = [await factors.tried(ann, code) for code in (codes[0], codes[0].lower(), codes[1])]

    assert used == [Method.RECOVERY_CODE, None, Method.RECOVERY_CODE]
    told = [event for event in await fakes.pending() if event.kind == "recovery-code.used"]
    assert [event.details["left"] for event in told] == [9, 8]
    assert {event.subject for event in told} == {str(ann)}


async def test_the_last_recovery_code_leaves_the_factor(factors: Factors, ann: UUID) -> None:
    _, codes = await factors.enable_codes(ann)

    for code in codes:
        await factors.tried(ann, code)

    assert await factors.required(ann) == (Method.TOTP,)


async def test_new_recovery_codes_end_the_old_ones(factors: Factors, ann: UUID) -> None:
    _, old = await factors.enable_codes(ann)
    with signed_in(ann):
        new = await factors.totp.renew_recovery_codes(RIGHT, CLIENT)

    assert await factors.tried(ann, old[0]) is None
    assert await factors.tried(ann, new[0]) is Method.RECOVERY_CODE


async def test_recovery_codes_are_for_who_has_a_factor(factors: Factors, ann: UUID) -> None:
    with signed_in(ann):
        with pytest.raises(NoSecondFactor):
            await factors.totp.renew_recovery_codes(RIGHT, CLIENT)
        with pytest.raises(NoSecondFactor):
            await factors.totp.remove(RIGHT, CLIENT)


async def test_codes_that_were_removed_prove_nothing(factors: Factors, ann: UUID) -> None:
    app, codes = await factors.enable_codes(ann)

    with signed_in(ann):
        await factors.totp.remove(RIGHT, CLIENT)

    assert await factors.required(ann) == ()
    for code in (app.code(), codes[0]):
        assert await factors.tried(ann, code) is None
    app, _ = await factors.enable_codes(ann)
    assert await factors.tried(ann, app.code()) is Method.TOTP


async def test_codes_that_are_enabled_stay_until_they_are_removed(
    factors: Factors, ann: UUID
) -> None:
    app, _ = await factors.enable_codes(ann)

    with signed_in(ann):
        with pytest.raises(CodesEnabled):
            await factors.totp.begin(RIGHT)
        with pytest.raises(CodesEnabled):
            await factors.totp.enable(app.code(), CLIENT)

    assert await factors.tried(ann, app.code()) is Method.TOTP


async def test_what_was_begun_again_is_what_counts(factors: Factors, ann: UUID) -> None:
    with signed_in(ann):
        first, second = [App(factors.clock, (await factors.totp.begin(RIGHT)).secret) for _ in "12"]

        with pytest.raises(InvalidValue):
            await factors.totp.enable(first.code(), CLIENT)
        await factors.totp.enable(second.code(), CLIENT)


async def test_an_app_is_added_in_time_or_begun_anew(factors: Factors, ann: UUID) -> None:
    with signed_in(ann):
        enrolment = await factors.totp.begin(RIGHT)
        assert enrolment.expires_at == factors.clock.now() + ENROLMENT_LIFE
        factors.clock.advance(ENROLMENT_LIFE)
        late = App(factors.clock, enrolment.secret)
        with pytest.raises(InvalidValue, match="ask for one"):
            await factors.totp.enable(late.code(), CLIENT)

        app = App(factors.clock, (await factors.totp.begin(RIGHT)).secret)
        factors.clock.advance(ENROLMENT_LIFE - A_STEP)
        assert await factors.totp.enable(app.code(), CLIENT)


async def test_what_nobody_finished_to_add_is_purged(
    factors: Factors, ann: UUID, ben: UUID, fakes: Fakes
) -> None:
    retention = Retention(fakes.unit_of_work, factors.clock)
    app, _ = await factors.enable_codes(ann)
    with signed_in(ben):
        await factors.totp.begin(RIGHT)

    factors.clock.advance(ENROLMENT_LIFE)
    assert await retention.purge_enrolments() == 0
    factors.clock.advance(A_STEP)
    assert await retention.purge_enrolments() == 1

    assert await factors.tried(ann, app.code()) is Method.TOTP
    assert await fakes.unit_of_work.read(lambda it: it.totp_secrets.get(ben)) is None


async def test_nothing_can_be_enabled_that_was_not_begun(factors: Factors, ann: UUID) -> None:
    with signed_in(ann), pytest.raises(InvalidValue):
        await factors.totp.enable("123456", CLIENT)


async def test_the_store_alone_makes_no_code(factors: Factors, ann: UUID) -> None:
    app, codes = await factors.enable_codes(ann)
    kept = await factors.unit_of_work.read(lambda stores: stores.totp_secrets.get(ann))
    assert kept is not None
    assert App(factors.clock, app.secret).secret.encode() not in kept.sealed

    other = under(factors, OTHER_KEY)

    with pytest.raises(CodesUnusable):
        await other.tried(ann, app.code())
    assert await other.tried(ann, codes[0]) is Method.RECOVERY_CODE


async def test_codes_that_can_not_be_checked_are_asked_for_still(
    factors: Factors, ann: UUID
) -> None:
    """Or whoever has the password would need nothing else."""
    await factors.enable_codes(ann)

    assert await under(factors, OTHER_KEY).required(ann) == (Method.TOTP, Method.RECOVERY_CODE)


async def test_operators_are_told_once_of_codes_that_can_not_be_checked(
    factors: Factors, ann: UUID, ben: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    other = under(factors, OTHER_KEY)
    for account_id in (ann, ben):
        app, _ = await factors.enable_codes(account_id)
        for _ in range(2):
            with pytest.raises(CodesUnusable):
                await other.tried(account_id, app.code())

    (told,) = caplog.records
    assert str(ann) in told.message
    assert "FLASK_SECRET_KEY_FALLBACKS" in told.message
    assert "remove-factors" in told.message


async def test_an_app_that_can_not_be_checked_is_removed_and_added_anew(
    factors: Factors, ann: UUID
) -> None:
    await factors.enable_codes(ann)
    other = under(factors, OTHER_KEY)

    with signed_in(ann):
        await other.totp.remove(RIGHT, CLIENT)
    app, _ = await other.enable_codes(ann)

    assert await other.tried(ann, app.code()) is Method.TOTP


async def test_codes_outlive_the_key_that_sealed_their_secret(factors: Factors, ann: UUID) -> None:
    app, _ = await factors.enable_codes(ann)
    both = under(factors, OTHER_KEY, KEY)

    assert await both.tried(ann, app.code()) is Method.TOTP
    factors.clock.advance(A_STEP)
    # It was sealed anew when it was used.
    assert await under(factors, OTHER_KEY).tried(ann, app.code()) is Method.TOTP


async def test_what_was_begun_under_another_key_is_begun_anew(factors: Factors, ann: UUID) -> None:
    with signed_in(ann):
        app = App(factors.clock, (await factors.totp.begin(RIGHT)).secret)
        with pytest.raises(InvalidValue):
            await under(factors, OTHER_KEY).totp.enable(app.code(), CLIENT)

        await factors.totp.enable(app.code(), CLIENT)


async def test_a_passkey_is_a_second_factor(factors: Factors, ann: UUID, fakes: Fakes) -> None:
    device = authenticator()

    added = await factors.add_passkey(ann, device, "my phone")

    assert await factors.required(ann) == (Method.PASSKEY, Method.RECOVERY_CODE)
    assert added.passkey.name == "my phone"
    assert added.passkey.credential.credential_id == device.credential_id
    assert added.recovery_codes is not None
    assert added.recovery_codes[0] not in repr(added)
    assert await factors.tried(ann, added.recovery_codes[0]) is Method.RECOVERY_CODE
    with signed_in(ann):
        assert await factors.passkeys.list() == [added.passkey]
    assert await kinds(fakes) == ["passkey.added", "recovery-code.used"]


async def test_recovery_codes_come_with_the_first_factor_alone(factors: Factors, ann: UUID) -> None:
    first = await factors.add_passkey(ann, authenticator())
    second = await factors.add_passkey(ann, authenticator())

    assert first.recovery_codes is not None
    assert second.recovery_codes is None
    assert await factors.tried(ann, first.recovery_codes[0]) is Method.RECOVERY_CODE


async def test_recovery_codes_go_with_the_last_factor(factors: Factors, ann: UUID) -> None:
    _, codes = await factors.enable_codes(ann)
    added = await factors.add_passkey(ann, authenticator())

    with signed_in(ann):
        await factors.totp.remove(RIGHT, CLIENT)
        assert await factors.tried(ann, codes[0]) is Method.RECOVERY_CODE
        await factors.passkeys.remove(added.passkey.id, RIGHT, CLIENT)

    assert await factors.tried(ann, codes[1]) is None
    assert await factors.required(ann) == ()


async def test_the_overview_tells_what_there_is(factors: Factors, ann: UUID) -> None:
    with signed_in(ann):
        none = await factors.totp.read()
    enabled_at = factors.clock.now()
    _, codes = await factors.enable_codes(ann)
    await factors.add_passkey(ann, authenticator())
    await factors.tried(ann, codes[0])

    with signed_in(ann):
        some = await factors.totp.read()

    assert (none.totp_enabled_at, none.passkeys, none.recovery_codes) == (None, 0, 0)
    assert (some.totp_enabled_at, some.passkeys, some.recovery_codes) == (enabled_at, 1, 9)


async def test_a_challenge_is_answered_once(factors: Factors, ann: UUID) -> None:
    device = authenticator()
    with signed_in(ann):
        options = await factors.passkeys.begin(RIGHT)
        response = device.create(asked_of(options)), CLIENT
        with pytest.raises(InvalidValue):
            await factors.passkeys.add(options.challenge_id, "phone", {}, CLIENT)

        with pytest.raises(InvalidChallenge):
            await factors.passkeys.add(options.challenge_id, "phone", response, CLIENT)


async def test_a_challenge_is_answered_in_time_and_by_whom_it_was_put_to(
    factors: Factors, ann: UUID, ben: UUID
) -> None:
    with signed_in(ann):
        late, stolen = [await factors.passkeys.begin(RIGHT) for _ in "12"]
    made = [authenticator().create(asked_of(options)) for options in (late, stolen)]

    with signed_in(ben), pytest.raises(InvalidChallenge):
        await factors.passkeys.add(stolen.challenge_id, "phone", made[1], CLIENT)
    factors.clock.advance(CHALLENGE_LIFE)
    with signed_in(ann), pytest.raises(InvalidChallenge):
        await factors.passkeys.add(late.challenge_id, "phone", made[0], CLIENT)
    with signed_in(ann), pytest.raises(InvalidChallenge):
        await factors.passkeys.add(uuid7(), "phone", {}, CLIENT)


async def test_an_answer_to_another_challenge_is_refused(factors: Factors, ann: UUID) -> None:
    with signed_in(ann):
        one, other = [await factors.passkeys.begin(RIGHT) for _ in "12"]

        with pytest.raises(InvalidValue):
            await factors.passkeys.add(
                one.challenge_id, "phone", authenticator().create(asked_of(other)), CLIENT
            )


async def test_a_credential_is_of_one_account(factors: Factors, ann: UUID, ben: UUID) -> None:
    device = authenticator()
    await factors.add_passkey(ann, device)

    for account_id in (ann, ben):
        with pytest.raises(PasskeyKnown):
            await factors.add_passkey(account_id, device)


async def test_a_browser_is_told_which_passkeys_there_are(factors: Factors, ann: UUID) -> None:
    device = authenticator()
    await factors.add_passkey(ann, device)

    with signed_in(ann):
        options = asked_of(await factors.passkeys.begin(RIGHT))

    assert len(options["excludeCredentials"]) == 1
    assert options["user"]["name"].endswith("@example.org")


@pytest.mark.parametrize("name", ["", " ", "n" * 201])
async def test_a_passkey_has_a_name(factors: Factors, ann: UUID, name: str) -> None:
    with pytest.raises(InvalidValue):
        await factors.add_passkey(ann, authenticator(), name)


async def test_passkeys_of_an_account_are_bounded(factors: Factors, ann: UUID, ben: UUID) -> None:
    for _ in range(MAX_PASSKEYS - 1):
        await factors.add_passkey(ann, authenticator())
    with signed_in(ann):
        begun = await factors.passkeys.begin(RIGHT)
    await factors.add_passkey(ann, authenticator())

    with signed_in(ann):
        with pytest.raises(TooManyPasskeys):
            await factors.passkeys.add(
                begun.challenge_id, "one more", authenticator().create(asked_of(begun)), CLIENT
            )
        with pytest.raises(TooManyPasskeys):
            await factors.passkeys.begin(RIGHT)
    await factors.add_passkey(ben, authenticator())


async def test_a_passkey_is_removed_by_its_account_alone(
    factors: Factors, ann: UUID, ben: UUID
) -> None:
    added = await factors.add_passkey(ann, authenticator())

    with signed_in(ben), pytest.raises(NotFound):
        await factors.passkeys.remove(added.passkey.id, RIGHT, CLIENT)
    with signed_in(ann):
        await factors.passkeys.remove(added.passkey.id, RIGHT, CLIENT)
        with pytest.raises(NotFound):
            await factors.passkeys.remove(added.passkey.id, RIGHT, CLIENT)


async def test_the_last_way_into_an_account_stays(factors: Factors) -> None:
    account = new_account()
    await factors.unit_of_work.run(lambda stores: stores.accounts.add(account))
    one, other = [await factors.add_passkey(account.id, authenticator()) for _ in "12"]

    with signed_in(account.id):
        await factors.passkeys.remove(one.passkey.id, RIGHT, CLIENT)
        with pytest.raises(LastWayIn):
            await factors.passkeys.remove(other.passkey.id, RIGHT, CLIENT)
        assert await factors.passkeys.list() == [other.passkey]


async def test_no_change_is_made_without_a_confirmation(factors: Factors, ann: UUID) -> None:
    await factors.enable_codes(ann)
    added = await factors.add_passkey(ann, authenticator())
    before = await factors.required(ann)

    with signed_in(ann):
        for attempt in (
            factors.totp.begin(WRONG),
            factors.totp.remove(WRONG, CLIENT),
            factors.totp.renew_recovery_codes(WRONG, CLIENT),
            factors.passkeys.begin(WRONG),
            factors.passkeys.remove(added.passkey.id, WRONG, CLIENT),
        ):
            with pytest.raises(ConfirmationRequired):
                await attempt

    assert await factors.required(ann) == before


async def test_nobody_and_no_key_gets_at_factors(factors: Factors, ann: UUID) -> None:
    key = Caller(name="key", permissions=frozenset(), account_id=ann, key_id=uuid7())

    def attempts() -> list[object]:
        return [
            factors.totp.read(),
            factors.totp.begin(RIGHT),
            factors.totp.enable("123456", CLIENT),
            factors.totp.remove(RIGHT, CLIENT),
            factors.totp.renew_recovery_codes(RIGHT, CLIENT),
            factors.passkeys.begin(RIGHT),
            factors.passkeys.add(uuid7(), "phone", {}, CLIENT),
            factors.passkeys.list(),
            factors.passkeys.remove(uuid7(), RIGHT, CLIENT),
        ]

    for attempt in attempts():
        with pytest.raises(NotAuthenticated):
            await attempt  # type: ignore[misc]
    with acting_as(key):
        for attempt in attempts():
            with pytest.raises(NotPermitted):
                await attempt  # type: ignore[misc]


async def test_the_owner_hears_of_each_change_by_mail(
    factors: Factors, ann: UUID, fakes: Fakes
) -> None:
    await factors.enable_codes(ann)
    added = await factors.add_passkey(ann, authenticator())
    with signed_in(ann):
        await factors.totp.renew_recovery_codes(RIGHT, CLIENT)
        await factors.passkeys.remove(added.passkey.id, RIGHT, CLIENT)
        await factors.totp.remove(RIGHT, CLIENT)

    mails = await fakes.pending_mails()

    assert {(mail.kind, mail.account_id) for mail in mails} == {("factors-changed", ann)}
    assert [mail.details["change"] for mail in mails] == [
        "An app for codes was added",
        "A passkey was added",
        "New recovery codes were made",
        "A passkey was removed",
        "The app for codes was removed",
    ]


async def test_an_operator_removes_what_was_lost(factors: Factors, ann: UUID, fakes: Fakes) -> None:
    app, codes = await factors.enable_codes(ann)
    await factors.add_passkey(ann, authenticator())
    before = await fakes.pending_mails()

    with signed_in(ann), pytest.raises(NotPermitted):
        await factors.removal.remove_all(ann)
    with acting_as(OPERATOR):
        removed = await factors.removal.remove_all(ann)
        with pytest.raises(NoSecondFactor):
            await factors.removal.remove_all(ann)

    assert removed == (Method.TOTP, Method.PASSKEY, Method.RECOVERY_CODE)
    assert await factors.required(ann) == ()
    for code in (app.code(), codes[0]):
        assert await factors.tried(ann, code) is None
    last = (await fakes.pending())[-1]
    assert (last.kind, last.details["by"]) == ("factors.removed", "operator")
    (mail,) = (await fakes.pending_mails())[len(before) :]
    assert mail.details["change"] == "All second factors were removed"


async def test_no_event_has_a_secret(factors: Factors, ann: UUID, fakes: Fakes) -> None:
    app, codes = await factors.enable_codes(ann)
    await factors.add_passkey(ann, authenticator())
    await factors.tried(ann, codes[0])
    with signed_in(ann):
        codes += await factors.totp.renew_recovery_codes(RIGHT, CLIENT)
        await factors.totp.remove(RIGHT, CLIENT)

    events = await fakes.pending()

    assert [event.kind for event in events] == [
        "totp.enabled",
        "passkey.added",
        "recovery-code.used",
        "recovery-codes.renewed",
        "totp.removed",
    ]
    assert not any(secret in repr(events) for secret in (app.secret, *codes))
