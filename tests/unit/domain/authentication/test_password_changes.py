"""Changing a password, and setting one that was forgotten."""

import asyncio
from dataclasses import replace

import pytest

from domain.authentication.errors import (
    ConfirmationRequired,
    InvalidOneTimeToken,
    TooManyAttempts,
)
from domain.authentication.one_time_tokens import LIVES, Purpose
from domain.callers import acting_as
from domain.errors import InvalidValue, NotAuthenticated
from tests.unit.domain.authentication.people import (
    CLIENT,
    PASSWORD,
    People,
    caller_of,
    confirmed,
    tokens_in,
)

EMAIL = "ann@example.org"
NEW = "battery staple"


async def test_a_changed_password_ends_the_other_sessions(people: People) -> None:
    account = await people.signed_up()
    own, _other = await people.session(account), await people.session(account)

    with acting_as(caller_of(own)):
        await people.passwords.change(NEW, confirmed(), CLIENT)

    assert await people.has_password(EMAIL, NEW)
    assert await people.live_sessions(account) == [own.id]
    (mail,) = await people.send_mails()
    assert (mail.recipient, mail.subject) == (EMAIL, "Your password was changed")
    assert "192.0.2.7" in mail.text
    event = (await people.fakes.pending())[-1]
    assert event.kind == "password.changed"
    assert event.details == {"address": "192.0.2.7", "sessions": 1}


@pytest.mark.parametrize("given", ["a wrong one", None])
async def test_a_change_needs_the_current_password(people: People, given: str | None) -> None:
    session = await people.session(await people.signed_up())

    with acting_as(caller_of(session)), pytest.raises(ConfirmationRequired):
        await people.passwords.change(NEW, confirmed(given), CLIENT)

    assert await people.has_password(EMAIL, PASSWORD)


async def test_nobody_changes_a_password(people: People) -> None:
    with pytest.raises(NotAuthenticated):
        await people.passwords.change(NEW, confirmed(), CLIENT)


async def test_a_change_is_no_way_to_guess_the_password(people: People) -> None:
    session = await people.session(await people.signed_up())

    with acting_as(caller_of(session)):
        for number in range(10):
            with pytest.raises(ConfirmationRequired):
                await people.passwords.change(NEW, confirmed(f"guess {number}"), CLIENT)
        with pytest.raises(TooManyAttempts):
            await people.passwords.change(NEW, confirmed(), CLIENT)


@pytest.mark.parametrize("password", ["short", "password1", EMAIL])
async def test_the_rules_hold_for_each_way_to_set_one(people: People, password: str) -> None:
    session = await people.session(await people.signed_up())
    await people.passwords.ask_for_reset(EMAIL, CLIENT)
    token = await people.token()

    with acting_as(caller_of(session)), pytest.raises(InvalidValue):
        await people.passwords.change(password, confirmed(), CLIENT)
    with pytest.raises(InvalidValue):
        await people.passwords.reset(token, password, CLIENT)

    await people.passwords.reset(token, NEW, CLIENT)


async def test_a_reset_sets_the_password_and_ends_every_session(people: People) -> None:
    account = await people.signed_up()
    await people.session(account)
    await people.passwords.ask_for_reset("ANN@example.org", CLIENT)

    await people.passwords.reset(await people.token(), NEW, CLIENT)

    assert await people.has_password(EMAIL, NEW)
    assert await people.live_sessions(account) == []
    assert (await people.kinds())[-1] == "password.reset"
    (notice,) = await people.send_mails()
    assert notice.subject == "Your password was changed"


async def test_the_mail_goes_to_the_address_that_is_kept(people: People) -> None:
    """Another address may have the same key: its owner must not get at the account."""
    await people.signed_up("strasse@example.org")

    await people.passwords.ask_for_reset("straße@example.org", CLIENT)

    (mail,) = await people.send_mails()
    assert mail.recipient == "strasse@example.org"


async def test_a_token_is_used_once_and_ends_after_an_hour(people: People) -> None:
    await people.signed_up()
    await people.passwords.ask_for_reset(EMAIL, CLIENT)
    token = await people.token()
    await people.passwords.reset(token, NEW, CLIENT)
    await people.passwords.ask_for_reset(EMAIL, CLIENT)
    (late,) = [token for mail in await people.send_mails() for token in tokens_in(mail)]

    with pytest.raises(InvalidOneTimeToken):
        await people.passwords.reset(token, "yet another", CLIENT)
    assert LIVES[Purpose.PASSWORD_RESET].total_seconds() == 3600
    people.fakes.clock.advance(LIVES[Purpose.PASSWORD_RESET])
    with pytest.raises(InvalidOneTimeToken):
        await people.passwords.reset(late, "yet another", CLIENT)
    assert await people.has_password(EMAIL, NEW)


async def test_of_many_who_use_one_token_at_once_one_sets_the_password(people: People) -> None:
    await people.signed_up()
    await people.passwords.ask_for_reset(EMAIL, CLIENT)
    token = await people.token()

    outcomes = await asyncio.gather(
        *(people.passwords.reset(token, f"password {number}", CLIENT) for number in range(5)),
        return_exceptions=True,
    )

    assert outcomes.count(None) == 1
    assert await people.has_password(EMAIL, f"password {outcomes.index(None)}")
    assert (await people.kinds()).count("password.reset") == 1


async def test_a_new_password_ends_the_other_tokens(people: People) -> None:
    session = await people.session(await people.signed_up())
    await people.passwords.ask_for_reset(EMAIL, CLIENT)
    token = await people.token()

    with acting_as(caller_of(session)):
        await people.passwords.change(NEW, confirmed(), CLIENT)

    with pytest.raises(InvalidOneTimeToken):
        await people.passwords.reset(token, "yet another", CLIENT)


@pytest.mark.parametrize("change", [{"disabled_at": True}, {"email": "new@example.org"}])
async def test_a_token_of_before_is_no_way_into_an_account(
    people: People, change: dict[str, object]
) -> None:
    account = await people.signed_up()
    await people.passwords.ask_for_reset(EMAIL, CLIENT)
    token = await people.token()
    now = people.fakes.clock.now()
    values = {name: now if value is True else value for name, value in change.items()}
    changed = replace(account, version=2, **values)
    await people.fakes.unit_of_work.run(lambda stores: stores.accounts.save(changed))

    with pytest.raises(InvalidOneTimeToken):
        await people.passwords.reset(token, NEW, CLIENT)


async def test_nothing_is_sent_where_nobody_can_sign_in(people: People) -> None:
    account = await people.signed_up()
    disabled = replace(account, version=2, disabled_at=people.fakes.clock.now())
    await people.fakes.unit_of_work.run(lambda stores: stores.accounts.save(disabled))

    for email in (EMAIL, "nobody@example.org"):
        await people.passwords.ask_for_reset(email, CLIENT)

    assert len(await people.fakes.pending_mails()) == 2
    assert await people.send_mails() == []


async def test_what_decides_about_requests_is_forgotten(people: People) -> None:
    account = await people.signed_up()
    session = await people.session(account)
    forgotten = []

    async def forget(identifier: object) -> None:
        forgotten.append(identifier)

    people.fakes.access_cache.forget = forget
    with acting_as(caller_of(session)):
        await people.passwords.change(NEW, confirmed(), CLIENT)
    await people.passwords.ask_for_reset(EMAIL, CLIENT)
    (token,) = [token for mail in await people.send_mails() for token in tokens_in(mail)]
    await people.passwords.reset(token, "yet another", CLIENT)

    assert forgotten == [account.id] * 2
