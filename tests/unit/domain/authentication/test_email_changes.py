"""Changing the address of an account."""

from dataclasses import replace

import pytest

from domain.accounts.errors import EmailTaken
from domain.authentication.errors import (
    ConfirmationRequired,
    InvalidOneTimeToken,
)
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

OLD, NEW = "ann@example.org", "ann@example.com"


async def test_the_new_address_counts_once_it_is_confirmed(people: People) -> None:
    account = await people.signed_up(OLD)
    own, _other = await people.session(account), await people.session(account)

    with acting_as(caller_of(own)):
        await people.emails.ask(NEW, confirmed(), CLIENT)
        with_token, warning = await people.send_mails()
        assert await people.account(NEW) is None
        (token,) = tokens_in(with_token)
        await people.emails.confirm(token, CLIENT)

    assert (with_token.recipient, warning.recipient) == (NEW, OLD)
    assert NEW not in warning.text
    assert tokens_in(warning) == []
    changed = await people.account(NEW)
    assert changed is not None
    assert (changed.id, changed.version, changed.is_active) == (account.id, 2, True)
    assert await people.account(OLD) is None
    assert await people.live_sessions(account) == [own.id]
    (notice,) = await people.send_mails()
    assert (notice.recipient, notice.subject) == (OLD, "Your address was changed")
    assert (await people.kinds())[-2:] == ["email.changing", "email.changed"]


async def test_a_change_is_confirmed_and_by_somebody(people: People) -> None:
    session = await people.session(await people.signed_up(OLD))

    with acting_as(caller_of(session)), pytest.raises(ConfirmationRequired):
        await people.emails.ask(NEW, confirmed("a wrong one"), CLIENT)
    with pytest.raises(NotAuthenticated):
        await people.emails.ask(NEW, confirmed(), CLIENT)
    with pytest.raises(NotAuthenticated):
        await people.emails.confirm("t" * 43, CLIENT)

    assert await people.send_mails() == []


async def test_what_is_no_address_is_refused(people: People) -> None:
    session = await people.session(await people.signed_up(OLD))

    with acting_as(caller_of(session)), pytest.raises(InvalidValue):
        await people.emails.ask("no address", confirmed(), CLIENT)


async def test_whose_address_it_is_is_told_to_its_owner_only(people: People) -> None:
    await people.signed_up(NEW)
    session = await people.session(await people.signed_up(OLD))

    with acting_as(caller_of(session)):
        await people.emails.ask(NEW, confirmed(), CLIENT)

    told, _warning = await people.send_mails()
    assert (told.recipient, told.subject) == (NEW, "You have an account already")
    assert tokens_in(told) == []


async def test_two_accounts_do_not_get_one_address(people: People) -> None:
    session = await people.session(await people.signed_up(OLD))
    with acting_as(caller_of(session)):
        await people.emails.ask(NEW, confirmed(), CLIENT)
    token = await people.token()
    owner = await people.signed_up("owner@example.org")
    renamed = replace(owner, email=NEW, version=2)
    await people.fakes.unit_of_work.run(lambda stores: stores.accounts.save(renamed))

    with acting_as(caller_of(session)), pytest.raises(EmailTaken):
        await people.emails.confirm(token, CLIENT)


async def test_a_token_is_of_use_to_its_account_only_and_once(people: People) -> None:
    own = await people.session(await people.signed_up(OLD))
    other = await people.session(await people.signed_up("bob@example.org"))
    with acting_as(caller_of(own)):
        await people.emails.ask(NEW, confirmed(), CLIENT)
    token = await people.token()

    with acting_as(caller_of(other)), pytest.raises(InvalidOneTimeToken):
        await people.emails.confirm(token, CLIENT)
    with acting_as(caller_of(own)):
        await people.emails.confirm(token, CLIENT)
        with pytest.raises(InvalidOneTimeToken):
            await people.emails.confirm(token, CLIENT)


@pytest.mark.parametrize("is_sent", [True, False], ids=["sent", "not sent yet"])
async def test_a_new_password_ends_a_change_that_a_thief_began(
    people: People,
    is_sent: bool,  # noqa: FBT001  # The test's parameter.
) -> None:
    account = await people.signed_up(OLD)
    thief = await people.session(account)
    with acting_as(caller_of(thief)):
        await people.emails.ask("thief@example.com", confirmed(), CLIENT)
    tokens = [await people.token()] if is_sent else []
    await people.passwords.ask_for_reset(OLD, CLIENT)
    mails = await people.send_mails()
    (reset,) = [it for mail in mails if mail.recipient == OLD for it in tokens_in(mail)]
    tokens += [it for mail in mails if mail.recipient != OLD for it in tokens_in(mail)]

    await people.passwords.reset(reset, "battery staple", CLIENT)

    assert len(tokens) == 1
    session = await people.session(account)
    with acting_as(caller_of(session)), pytest.raises(InvalidOneTimeToken):
        await people.emails.confirm(tokens[0], CLIENT)
    assert await people.has_password(OLD, "battery staple")
    assert not await people.has_password(OLD, PASSWORD)
