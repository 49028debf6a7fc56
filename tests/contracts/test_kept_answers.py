"""The contract of domain.idempotency.ports.KeptAnswers."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.idempotency.entities import ANSWER_MAX_SIZE, KEY_MAX_LENGTH, Claim, KeptAnswer
from domain.idempotency.entities import KeptRequest as Kept
from tests.contracts.conftest import AnyStores, AnyUnitOfWork
from tests.contracts.examples import NOW
from tests.unit.fakes import Held

CLAIM = Claim(caller="anonymous", key="a-key", fingerprint=bytes(range(32)))
ANSWER = KeptAnswer(201, (("Content-Type", "application/json"),), b"{}")


async def request(
    unit_of_work: AnyUnitOfWork,
    claim: Claim = CLAIM,
    answer: KeptAnswer = ANSWER,
    now: datetime = NOW,
) -> Kept | None:
    """Claim a key, and keep an answer under it where it was free."""

    async def unit(stores: AnyStores) -> Kept | None:
        kept = await stores.kept_answers.claim(claim, now)
        if kept is None:
            await stores.kept_answers.keep(claim, answer, now)
        return kept

    return await unit_of_work.run(unit)


async def purge(unit_of_work: AnyUnitOfWork, claimed_before: datetime, limit: int = 100) -> int:
    return await unit_of_work.run(
        lambda stores: stores.kept_answers.purge(claimed_before, limit),
    )


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        KeptAnswer(204, (), b""),
        KeptAnswer(200, (("Link", "<b>"), ("ETag", '"é\\"'), ("Link", "<a>")), b"\0\xff'\"\\%s"),
        KeptAnswer(599, (), b"\x80" * ANSWER_MAX_SIZE),
    ],
    ids=["plain", "nothing", "awkward", "large"],
)
async def test_what_was_kept_comes_back_byte_by_byte(
    unit_of_work: AnyUnitOfWork, answer: KeptAnswer
) -> None:
    assert await request(unit_of_work, answer=answer) is None

    assert await request(unit_of_work) == Kept(CLAIM.fingerprint, answer)


async def test_another_request_gets_what_is_kept_under_its_key(unit_of_work: AnyUnitOfWork) -> None:
    await request(unit_of_work)

    other = replace(CLAIM, fingerprint=b"\xff" * 32)

    assert await request(unit_of_work, other) == Kept(CLAIM.fingerprint, ANSWER)


@pytest.mark.parametrize(
    "other",
    [
        {"caller": "somebody"},
        {"caller": "Anonymous"},
        {"caller": "c" * 64},
        {"key": "A-key"},
        {"key": "a-key."},
        {"key": "k" * KEY_MAX_LENGTH},
        {"key": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"},
    ],
    ids=str,
)
async def test_keys_and_callers_that_differ_share_nothing(
    unit_of_work: AnyUnitOfWork, other: dict[str, str]
) -> None:
    await request(unit_of_work)

    assert await request(unit_of_work, replace(CLAIM, **other)) is None
    assert await request(unit_of_work, replace(CLAIM, **other)) is not None


async def test_a_unit_that_fails_frees_its_key(unit_of_work: AnyUnitOfWork) -> None:
    async def fail(stores: AnyStores) -> None:
        await stores.kept_answers.claim(CLAIM, NOW)
        await stores.kept_answers.keep(CLAIM, ANSWER, NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await unit_of_work.run(fail)

    assert await request(unit_of_work) is None


@pytest.mark.parametrize("fails", [False, True])
async def test_a_twin_waits_for_the_end_of_the_first(
    unit_of_work: AnyUnitOfWork, *, fails: bool
) -> None:
    held = Held()

    async def work(stores: AnyStores) -> None:
        await stores.kept_answers.claim(CLAIM, NOW)
        await held()
        await stores.kept_answers.keep(CLAIM, ANSWER, NOW)
        if fails:
            raise LookupError

    first = asyncio.create_task(unit_of_work.run(work))
    await held.begun.wait()
    twin = asyncio.create_task(request(unit_of_work))
    # Long enough for a twin that does not wait to be done, on any machine that isn't stopped.
    done, _ = await asyncio.wait([twin], timeout=0.2)
    held.go_on.set()

    assert not done
    assert (
        isinstance((await asyncio.gather(first, return_exceptions=True))[0], LookupError) is fails
    )
    assert await twin == (None if fails else Kept(CLAIM.fingerprint, ANSWER))


async def test_of_many_twins_one_claims_the_key(unit_of_work: AnyUnitOfWork) -> None:
    found = await asyncio.gather(*(request(unit_of_work) for _ in range(20)))

    assert found.count(None) == 1
    assert found.count(Kept(CLAIM.fingerprint, ANSWER)) == 19


async def test_a_purge_forgets_what_was_claimed_before(unit_of_work: AnyUnitOfWork) -> None:
    microsecond = timedelta(microseconds=1)
    for key, offset in (("before", -microsecond), ("at", timedelta(0)), ("after", microsecond)):
        await request(unit_of_work, replace(CLAIM, key=key), now=NOW + offset)

    assert await purge(unit_of_work, NOW) == 1

    assert await request(unit_of_work, replace(CLAIM, key="before")) is None
    assert await request(unit_of_work, replace(CLAIM, key="at")) is not None
    assert await request(unit_of_work, replace(CLAIM, key="after")) is not None


async def test_a_purge_is_bounded_and_takes_the_oldest_first(unit_of_work: AnyUnitOfWork) -> None:
    for number in range(5):
        claim = replace(CLAIM, key=str(number))
        await request(unit_of_work, claim, now=NOW - timedelta(hours=number))
    later = NOW + timedelta(days=1)

    assert await purge(unit_of_work, later, 2) == 2
    assert await request(unit_of_work, replace(CLAIM, key="2")) is not None
    assert [await purge(unit_of_work, later, 2) for _ in range(3)] == [2, 1, 0]


async def test_purges_at_once_forget_each_key_once(unit_of_work: AnyUnitOfWork) -> None:
    for number in range(30):
        await request(unit_of_work, replace(CLAIM, key=str(number)))

    purged = await asyncio.gather(
        *(purge(unit_of_work, NOW + timedelta(days=1), 10) for _ in range(5))
    )

    assert sum(purged) == 30
