"""Signing up: an account is made for whoever reads the mail of an address."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory.accounts import MemoryAccounts
from domain.authentication.errors import InvalidOneTimeToken, SignUpsClosed, TooManyAttempts
from domain.authentication.one_time_tokens import LIVES, OneTimeToken, Purpose, hash_of
from domain.authentication.sign_up import NewAccount
from domain.authentication.token_purge import ExpiredTokens
from domain.errors import InvalidValue
from domain.permissions import Role
from tests.unit.domain.authentication.people import CLIENT, PASSWORD, People, tokens_in

EMAIL = "ann@example.org"
NEW = NewAccount(email=EMAIL, password=PASSWORD, name="Ann")


async def test_an_account_is_made_by_the_token_and_the_password_of_the_sign_up(
    people: People,
) -> None:
    await people.sign_up.sign_up(NEW, CLIENT)
    assert await people.account(EMAIL) is None

    await people.sign_up.verify(await people.token(), PASSWORD, CLIENT)

    account = await people.account(EMAIL)
    assert account is not None
    assert (account.email, account.name, account.role) == (EMAIL, "Ann", Role.READER)
    assert account.is_active
    assert await people.has_password(EMAIL, PASSWORD)
    (event,) = await people.fakes.pending()
    assert (event.kind, event.subject) == ("account.created", str(account.id))
    assert event.details == {"address": "192.0.2.7", "method": "pwd"}


async def test_the_mail_tells_where_and_how(people: People) -> None:
    await people.sign_up.sign_up(NEW, CLIENT)

    (mail,) = await people.send_mails()

    assert mail.recipient == EMAIL
    assert mail.subject == "Confirm your address"
    assert "https://service.test/v1/accounts/verification" in mail.text
    # Who signs up the address of somebody else must not write to them in a mail of ours.
    assert "Ann" not in mail.text


async def test_a_token_is_used_once(people: People) -> None:
    await people.sign_up.sign_up(NEW, CLIENT)
    token = await people.token()
    await people.sign_up.verify(token, PASSWORD, CLIENT)

    with pytest.raises(InvalidOneTimeToken):
        await people.sign_up.verify(token, PASSWORD, CLIENT)


async def test_a_token_ends(people: People) -> None:
    await people.sign_up.sign_up(NEW, CLIENT)
    token = await people.token()

    people.fakes.clock.advance(LIVES[Purpose.SIGN_UP])

    with pytest.raises(InvalidOneTimeToken):
        await people.sign_up.verify(token, PASSWORD, CLIENT)
    assert await people.account(EMAIL) is None


async def test_another_password_is_told_and_leaves_the_token_good(people: People) -> None:
    await people.sign_up.sign_up(NEW, CLIENT)
    token = await people.token()

    with pytest.raises(InvalidValue, match="not that of the sign-up"):
        await people.sign_up.verify(token, "another password", CLIENT)

    await people.sign_up.verify(token, PASSWORD, CLIENT)
    assert await people.account(EMAIL) is not None


async def test_a_stranger_who_signs_up_an_address_gets_no_password_into_its_owners_account(
    people: People,
) -> None:
    await people.sign_up.sign_up(replace(NEW, password="the stranger's"), CLIENT)
    (of_stranger,) = tokens_in((await people.send_mails())[0])
    await people.sign_up.sign_up(NEW, CLIENT)
    of_owner = await people.token()

    # The owner takes the wrong mail, and the password that they chose.
    with pytest.raises(InvalidValue):
        await people.sign_up.verify(of_stranger, PASSWORD, CLIENT)
    await people.sign_up.verify(of_owner, PASSWORD, CLIENT)

    assert await people.has_password(EMAIL, PASSWORD)
    with pytest.raises(InvalidOneTimeToken):
        await people.sign_up.verify(of_stranger, "the stranger's", CLIENT)
    assert await people.has_password(EMAIL, PASSWORD)


async def test_who_has_an_account_is_told_so_by_mail(people: People) -> None:
    await people.signed_up("Ann@example.org")

    await people.sign_up.sign_up(replace(NEW, email="ANN@EXAMPLE.ORG"), CLIENT)

    (mail,) = await people.send_mails()
    # To the address of the account, not to the one that somebody typed.
    assert mail.recipient == "Ann@example.org"
    assert mail.subject == "You have an account already"
    assert tokens_in(mail) == []


async def test_an_account_that_was_never_verified_is_so_by_a_sign_up(people: People) -> None:
    account = await people.signed_up("ANN@example.org")
    unverified = replace(account, verified_at=None, version=2)
    await people.fakes.unit_of_work.run(lambda stores: stores.accounts.save(unverified))

    await people.sign_up.sign_up(replace(NEW, password="another one"), CLIENT)
    await people.sign_up.verify(await people.token(), "another one", CLIENT)

    found = await people.account(EMAIL)
    assert found is not None
    assert (found.id, found.is_active, found.version) == (account.id, True, 3)
    assert found.email == EMAIL
    assert await people.has_password(EMAIL, "another one")
    assert (await people.kinds())[-1] == "account.verified"


async def test_of_sign_ups_at_once_one_gets_the_account(people: People) -> None:
    passwords = [f"password of {number}" for number in range(5)]
    for password in passwords:
        await people.sign_up.sign_up(replace(NEW, password=password), CLIENT)
    tokens = [token for mail in await people.send_mails() for token in tokens_in(mail)]

    outcomes = await asyncio.gather(
        *(
            people.sign_up.verify(token, password, CLIENT)
            for token, password in zip(tokens, passwords, strict=True)
        ),
        return_exceptions=True,
    )

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, InvalidOneTimeToken) for outcome in outcomes) == 4
    assert await people.has_password(EMAIL, passwords[outcomes.index(None)])


async def test_a_mail_can_be_asked_for_again(people: People) -> None:
    await people.sign_up.sign_up(NEW, CLIENT)
    first = await people.token()
    people.fakes.clock.advance(LIVES[Purpose.SIGN_UP] - timedelta(seconds=1))

    await people.sign_up.ask_again("ANN@example.org", CLIENT)
    second = await people.token()
    people.fakes.clock.advance(timedelta(minutes=1))

    assert second != first
    await people.sign_up.verify(second, PASSWORD, CLIENT)
    assert await people.has_password(EMAIL, PASSWORD)


async def test_nothing_is_sent_again_to_who_did_not_sign_up(people: People) -> None:
    await people.signed_up()

    for email in (EMAIL, "nobody@example.org"):
        await people.sign_up.ask_again(email, CLIENT)

    assert await people.send_mails() == []


async def test_sign_ups_can_be_closed(people: People) -> None:
    people.are_open = False

    with pytest.raises(SignUpsClosed):
        await people.sign_up.sign_up(NEW, CLIENT)

    assert await people.fakes.pending_mails() == []


@pytest.mark.parametrize(
    "field,value",
    [
        ("email", "no address"),
        ("email", "eve@example.com,ann@example.org"),
        ("name", " "),
        ("name", "x" * 201),
        ("password", "short"),
        ("password", "password1"),
        ("password", "ann@example.org"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_done(
    people: People, field: str, value: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        await people.sign_up.sign_up(replace(NEW, **{field: value}), CLIENT)

    assert caught.value.field == field
    assert await people.fakes.pending_mails() == []
    assert people.hasher.hashes == 0


async def test_nobodys_mailbox_is_flooded(people: People) -> None:
    for _ in range(5):
        await people.sign_up.sign_up(NEW, CLIENT)
    with pytest.raises(TooManyAttempts) as caught:
        await people.sign_up.sign_up(replace(NEW, email="ANN@example.org"), CLIENT)

    assert 0 < caught.value.retry_after <= 3600
    assert len(await people.send_mails()) == 5
    # Other mails are counted apart, and other addresses too.
    await people.sign_up.ask_again(EMAIL, CLIENT)
    await people.sign_up.sign_up(replace(NEW, email="bob@example.org"), CLIENT)


async def test_a_token_is_not_tried_with_ever_more_passwords(people: People) -> None:
    await people.sign_up.sign_up(NEW, CLIENT)
    token = await people.token()
    for number in range(10):
        with pytest.raises(InvalidValue):
            await people.sign_up.verify(token, f"guess {number:04}", CLIENT)

    with pytest.raises(TooManyAttempts):
        await people.sign_up.verify(token, PASSWORD, CLIENT)


async def test_an_unknown_address_and_a_known_one_cost_the_same(people: People) -> None:
    await people.signed_up()
    costs = []
    for email in (EMAIL, "nobody@example.org"):
        units, hashes = people.fakes.unit_of_work.units, people.hasher.hashes
        await people.sign_up.sign_up(replace(NEW, email=email), CLIENT)
        await people.sign_up.ask_again(email, CLIENT)
        await people.passwords.ask_for_reset(email, CLIENT)
        waiting = len(await people.fakes.pending_mails())
        costs.append(
            (
                people.fakes.unit_of_work.units - units,
                people.hasher.hashes - hashes,
                waiting - sum(cost[2] for cost in costs),
            )
        )

    assert costs == [(3, 1, 3), (3, 1, 3)]


def test_no_text_of_what_somebody_signs_up_with_shows_it() -> None:
    assert PASSWORD not in f"{NEW} {NEW!r}"


async def test_who_uses_one_token_at_once_gets_one_account(people: People) -> None:
    await people.sign_up.sign_up(NEW, CLIENT)
    token = await people.token()
    verify, all_are_there = people.hasher.verify, asyncio.Barrier(3)

    async def verify_together(password: str, hashed: str | None) -> bool:
        await all_are_there.wait()
        return await verify(password, hashed)

    people.hasher.verify = verify_together
    outcomes = await asyncio.gather(
        *(people.sign_up.verify(token, PASSWORD, CLIENT) for _ in range(3)), return_exceptions=True
    )

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, InvalidOneTimeToken) for outcome in outcomes) == 2
    assert (await people.kinds()) == ["account.created"]


@pytest.mark.parametrize("is_seen", [True, False], ids=["seen", "not seen yet"])
async def test_a_token_written_while_the_account_was_made_does_not_change_it(
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    is_seen: bool,  # noqa: FBT001  # The test's parameter.
) -> None:
    await people.signed_up()
    token = OneTimeToken(
        purpose=Purpose.SIGN_UP,
        account_id=None,
        email=EMAIL,
        password_hash=await people.hasher.hash("another one"),
        name=None,
        created_at=people.fakes.clock.now(),
    )
    await people.fakes.unit_of_work.run(
        lambda stores: stores.one_time_tokens.put(hash_of("late"), token)
    )
    with monkeypatch.context() as patch:
        if not is_seen:
            patch.setattr(MemoryAccounts, "find", find_nobody)
        with pytest.raises(InvalidOneTimeToken):
            await people.sign_up.verify("late", "another one", CLIENT)

    assert await people.has_password(EMAIL, PASSWORD)


async def find_nobody(_self: MemoryAccounts, _email: str) -> None:
    return None


async def test_tokens_that_have_expired_are_removed_with_the_hashes_in_them(people: People) -> None:
    expired_tokens = ExpiredTokens(people.fakes.unit_of_work, people.fakes.clock)
    for number in range(3):
        await people.sign_up.sign_up(replace(NEW, email=f"{number}@example.org"), CLIENT)
    await people.send_mails()

    assert await expired_tokens.purge() == 0
    people.fakes.clock.advance(LIVES[Purpose.SIGN_UP] + timedelta(seconds=1))
    assert await expired_tokens.purge(batch_size=2) == 3
    assert await expired_tokens.purge() == 0
