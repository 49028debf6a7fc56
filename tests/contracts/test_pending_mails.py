"""The contract of domain.mail.ports.Mails and PendingMails."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from domain.mail.entities import PendingMail
from tests.contracts.conftest import AnyStores, AnyUnitOfWork

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)
MOMENT = timedelta(microseconds=1)


def make_mail(**details: object) -> PendingMail:
    return PendingMail(
        id=uuid7(),
        kind="sign-up",
        recipient="한강@example.org",
        account_id=None,
        details=details,
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )


async def add(unit_of_work: AnyUnitOfWork, *mails: PendingMail) -> None:
    await unit_of_work.run(lambda stores: stores.mails.add(*mails))


async def claim(
    unit_of_work: AnyUnitOfWork, token: UUID, now: datetime = NOW, limit: int = 10
) -> list[PendingMail]:
    return await unit_of_work.run(
        lambda stores: stores.pending_mails.claim(token, now, now + timedelta(seconds=30), limit)
    )


def tried(mail: PendingMail, times: int = 1) -> PendingMail:
    return replace(mail, attempts=times)


async def test_claimed_mails_come_as_they_were_added(unit_of_work: AnyUnitOfWork) -> None:
    mails = [make_mail(name="한강 \" ' \\ %s", password_hash="$argon2id$v=19$…"), make_mail()]
    await add(unit_of_work, *mails)
    assert await claim(unit_of_work, uuid7()) == [tried(mail) for mail in mails]


async def test_nobody_else_gets_claimed_mails_until_the_claim_runs_out(
    unit_of_work: AnyUnitOfWork,
) -> None:
    mail = make_mail()
    await add(unit_of_work, mail)
    assert await claim(unit_of_work, uuid7()) == [tried(mail)]
    assert await claim(unit_of_work, uuid7(), LATER - MOMENT) == []
    assert await claim(unit_of_work, uuid7(), LATER) == [tried(mail, 2)]


async def test_mails_are_not_due_before_their_time(unit_of_work: AnyUnitOfWork) -> None:
    await add(unit_of_work, make_mail())
    assert await claim(unit_of_work, uuid7(), NOW - MOMENT) == []


async def test_a_completed_mail_is_gone_and_the_others_stay(unit_of_work: AnyUnitOfWork) -> None:
    first, second = make_mail(), make_mail()
    await add(unit_of_work, first, second)
    token = uuid7()
    await claim(unit_of_work, token)
    await unit_of_work.run(lambda stores: stores.pending_mails.complete(token, first.id))
    assert await claim(unit_of_work, uuid7(), LATER) == [tried(second, 2)]


async def test_a_claim_that_ran_out_changes_nothing(unit_of_work: AnyUnitOfWork) -> None:
    mail = make_mail()
    await add(unit_of_work, mail)
    slow = uuid7()
    await claim(unit_of_work, slow)
    await claim(unit_of_work, uuid7(), LATER)

    async def be_late(stores: AnyStores) -> None:
        await stores.pending_mails.postpone(slow, mail.id, NOW)
        await stores.pending_mails.complete(slow, mail.id)
        await stores.pending_mails.release(slow, NOW)

    await unit_of_work.run(be_late)
    assert await claim(unit_of_work, uuid7(), LATER) == []
    assert await claim(unit_of_work, uuid7(), LATER + timedelta(seconds=30)) == [tried(mail, 3)]


async def test_released_mails_are_due_at_once(unit_of_work: AnyUnitOfWork) -> None:
    mail = make_mail()
    await add(unit_of_work, mail)
    token = uuid7()
    await claim(unit_of_work, token)
    await unit_of_work.run(lambda stores: stores.pending_mails.release(token, NOW))
    assert await claim(unit_of_work, uuid7()) == [tried(mail, 2)]


async def test_a_postponed_mail_is_due_at_its_time(unit_of_work: AnyUnitOfWork) -> None:
    mail = make_mail()
    await add(unit_of_work, mail)
    token, later = uuid7(), LATER + timedelta(hours=1)
    await claim(unit_of_work, token)
    await unit_of_work.run(lambda stores: stores.pending_mails.postpone(token, mail.id, later))
    assert await claim(unit_of_work, uuid7(), later - MOMENT) == []
    assert await claim(unit_of_work, uuid7(), later) == [tried(mail, 2)]


async def test_claims_at_once_share_the_mails(unit_of_work: AnyUnitOfWork) -> None:
    mails = [make_mail() for _ in range(20)]
    await add(unit_of_work, *mails)
    claims = await asyncio.gather(*(claim(unit_of_work, uuid7(), limit=3) for _ in range(7)))
    claimed = [mail.id for mails_of_one in claims for mail in mails_of_one]
    assert sorted(claimed) == sorted(mail.id for mail in mails)


async def test_a_mail_of_a_unit_that_fails_is_not_there(
    unit_of_work: AnyUnitOfWork, mails_seen: list[str]
) -> None:
    async def fail(stores: AnyStores) -> None:
        await stores.mails.add(make_mail())
        raise LookupError

    with pytest.raises(LookupError):
        await unit_of_work.run(fail)

    assert await claim(unit_of_work, uuid7(), LATER) == []
    assert mails_seen == []


async def test_new_mails_are_told_of_behind_their_commit(
    unit_of_work: AnyUnitOfWork, mails_seen: list[str], events_seen: list[str]
) -> None:
    await add(unit_of_work, make_mail())
    await claim(unit_of_work, uuid7())

    assert (mails_seen, events_seen) == (["told"], [])
