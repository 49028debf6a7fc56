"""A unit of work that is done once, however often its request comes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory.unit_of_work import MemoryStores
from domain.errors import Conflict, OutcomeUnknown
from domain.idempotency.entities import ANSWER_MAX_SIZE, Claim, KeptAnswer
from domain.idempotency.errors import KeyReused, Replayed
from domain.idempotency.unit_of_work import IdempotentUnitOfWork, KeyedRequest, answering
from domain.idempotency.use_cases import Idempotency
from tests.contracts.examples import new_author
from tests.unit.fakes import Fakes, no_trouble, raising

CLAIM = Claim(caller="anonymous", key="a-key", fingerprint=bytes(32))

Unit = Callable[[MemoryStores], Awaitable[str]]


def shape(result: object) -> KeptAnswer:
    return KeptAnswer(201, (("Location", f"/{result}"),), str(result).encode())


@pytest.fixture
def unit_of_work(fakes: Fakes) -> IdempotentUnitOfWork[MemoryStores]:
    return IdempotentUnitOfWork(fakes.unit_of_work, fakes.clock)


async def add_author(stores: MemoryStores) -> str:
    author = new_author()
    await stores.authors.add(author)
    return str(author.id)


async def answer(
    unit_of_work: IdempotentUnitOfWork[MemoryStores],
    unit: Unit = add_author,
    claim: Claim = CLAIM,
) -> KeptAnswer:
    """Do what the service does for one request."""
    request = KeyedRequest(claim, shape)
    with answering(request):
        try:
            await unit_of_work.run(unit)
        except Replayed as replay:
            return replay.answer
    assert request.answer is not None
    return request.answer


async def test_a_unit_gives_its_result_and_the_request_its_answer(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    request = KeyedRequest(CLAIM, shape)

    with answering(request):
        result = await unit_of_work.run(add_author)

    assert request.answer == shape(result)
    assert [str(author.id) for author in await fakes.authors()] == [result]


async def test_a_request_that_comes_again_gets_the_answer_of_the_first(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    answers = [await answer(unit_of_work) for _ in range(3)]

    assert answers == answers[:1] * 3
    assert len(await fakes.authors()) == 1


async def test_requests_at_once_are_done_once(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    answers = await asyncio.gather(*(answer(unit_of_work) for _ in range(50)))

    assert len(set(answers)) == 1
    assert len(await fakes.authors()) == 1


async def test_another_request_under_the_key_is_refused(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    await answer(unit_of_work)

    with pytest.raises(KeyReused) as caught:
        await answer(unit_of_work, claim=replace(CLAIM, fingerprint=b"\1" * 32))

    assert caught.value.key == "a-key"
    assert len(await fakes.authors()) == 1


async def test_callers_do_not_share_their_keys(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    first = await answer(unit_of_work)
    other = await answer(unit_of_work, claim=replace(CLAIM, caller="somebody"))

    assert first != other
    assert len(await fakes.authors()) == 2


async def test_a_request_that_fails_is_done_anew_when_it_comes_again(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    async def refuse(stores: MemoryStores) -> str:
        await add_author(stores)
        raise Conflict("on purpose")

    with pytest.raises(Conflict):
        await answer(unit_of_work, refuse)
    await answer(unit_of_work)

    assert len(await fakes.authors()) == 1


async def test_a_commit_whose_answer_was_lost_is_not_made_again(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    fakes.unit_of_work.after_commit = raising(OutcomeUnknown("MySQL", "lost"))
    with pytest.raises(OutcomeUnknown):
        await answer(unit_of_work)
    [author] = await fakes.authors()

    again = await answer(unit_of_work)

    assert again == shape(str(author.id))
    assert await fakes.authors() == [author]


async def test_a_commit_that_was_not_made_is_made_by_the_repetition(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    fakes.unit_of_work.before_commit = raising(OutcomeUnknown("MySQL", "lost"))
    with pytest.raises(OutcomeUnknown):
        await answer(unit_of_work)
    assert await fakes.authors() == []

    fakes.unit_of_work.before_commit = no_trouble
    await answer(unit_of_work)

    assert len(await fakes.authors()) == 1


async def test_a_unit_that_runs_again_after_a_deadlock_claims_its_key_again(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    fakes.unit_of_work.aborts = True

    first = await answer(unit_of_work)

    [author] = await fakes.authors()
    assert first == shape(str(author.id))


async def test_an_answer_that_can_not_be_kept_undoes_the_unit(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    async def grow(stores: MemoryStores) -> str:
        await add_author(stores)
        return "x" * (ANSWER_MAX_SIZE + 1)

    with pytest.raises(ValueError, match="at most 1048576 bytes"):
        await answer(unit_of_work, grow)

    assert await fakes.authors() == []


async def test_a_request_under_a_key_runs_one_unit_only(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    with answering(KeyedRequest(CLAIM, shape)):
        await unit_of_work.run(add_author)
        with pytest.raises(RuntimeError, match="one unit of work only"):
            await unit_of_work.run(add_author)

    assert len(await fakes.authors()) == 1


async def test_without_a_key_nothing_is_kept(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    with answering(KeyedRequest(CLAIM, shape)):
        pass

    await unit_of_work.run(add_author)
    await unit_of_work.run(add_author)

    assert len(await fakes.authors()) == 2
    assert await _purged(fakes, timedelta(days=2)) == 0


async def test_a_read_is_a_plain_read(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    with answering(KeyedRequest(CLAIM, shape)):
        found = [
            await unit_of_work.read(lambda stores: stores.authors.get(new_author().id))
            for _ in range(2)
        ]

    assert found == [None, None]


async def _purged(fakes: Fakes, later: timedelta) -> int:
    fakes.clock.advance(later)
    return await Idempotency(fakes.unit_of_work, fakes.clock).purge_answers(batch_size=2)


async def test_keys_are_kept_for_a_day(
    fakes: Fakes, unit_of_work: IdempotentUnitOfWork[MemoryStores]
) -> None:
    for number in range(5):
        await answer(unit_of_work, claim=replace(CLAIM, key=str(number)))

    assert await _purged(fakes, timedelta(hours=24)) == 0
    assert await _purged(fakes, timedelta(microseconds=1)) == 5
    assert await _purged(fakes, timedelta(0)) == 0
    await answer(unit_of_work, claim=replace(CLAIM, key="0"))
    assert len(await fakes.authors()) == 6


@pytest.mark.parametrize(
    "broken",
    [
        {"caller": ""},
        {"caller": "x" * 65},
        {"key": ""},
        {"key": "x" * 256},
        {"fingerprint": bytes(31)},
        {"fingerprint": bytes(33)},
    ],
    ids=str,
)
def test_a_claim_that_no_store_could_keep_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"has \d"):
        replace(CLAIM, **broken)
