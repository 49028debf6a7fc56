"""Transactions: whole or not at all, again after an abort, and no commit torn by a cancellation."""

import asyncio

import pytest

from adapters.sql import transactions
from adapters.sql.connection import Aborted
from adapters.sql.transactions import RETRY_PAUSES, repeated, transaction
from domain.errors import Conflict, OutcomeUnknown, StoreUnavailable
from tests.unit.adapters.scripted_database import ScriptedDatabase
from tests.unit.fakes import Held, raising

MAX_TRIES = len(RETRY_PAUSES) + 1


async def work(database: ScriptedDatabase) -> None:
    async with transaction(database):
        database.calls.append("work")


class Attempt:
    """Raises one error after the other, and then gives its number."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.count = 0

    async def __call__(self) -> int:
        self.count += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.count


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "RETRY_PAUSES", (0,) * len(RETRY_PAUSES))


async def test_a_transaction_commits_at_its_end() -> None:
    database = ScriptedDatabase()

    await work(database)

    assert database.calls == ["lend", "begin", "work", "commit", "take back"]


async def test_an_exception_rolls_back_and_goes_on() -> None:
    database = ScriptedDatabase()

    with pytest.raises(LookupError):
        async with transaction(database):
            raise LookupError

    assert database.calls == ["lend", "begin", "rollback", "take back"]


async def test_a_cancellation_rolls_back_and_goes_on() -> None:
    database, held = ScriptedDatabase(), Held()

    async def wait() -> None:
        async with transaction(database):
            await held()

    task = asyncio.create_task(wait())
    await held.begun.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert database.calls == ["lend", "begin", "rollback", "take back"]


async def test_a_cancelled_beginning_is_undone_before_others_get_the_connection() -> None:
    """The store may begin the transaction all the same, when nobody waits for it any more."""
    held = Held()
    database = ScriptedDatabase(begin=[held])
    task = asyncio.create_task(work(database))
    await held.begun.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert database.calls == ["lend", "begin", "rollback", "take back"]


@pytest.mark.parametrize(
    "error",
    [OutcomeUnknown("MySQL", "lost"), Conflict("A key is taken already."), Aborted("MySQL", "x")],
)
async def test_a_failed_commit_leaves_no_open_transaction(error: Exception) -> None:
    database = ScriptedDatabase(commit=[raising(error)])

    with pytest.raises(type(error)):
        await work(database)

    assert database.calls == ["lend", "begin", "work", "commit", "rollback", "take back"]


async def test_a_commit_that_began_ends_before_its_cancellation_goes_on() -> None:
    held = Held()
    database = ScriptedDatabase(commit=[held])
    task = asyncio.create_task(work(database))
    await held.begun.wait()

    for _ in range(3):
        task.cancel()
        await asyncio.wait([task], timeout=0)
        assert not task.done()
        assert "take back" not in database.calls

    held.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_commit_that_fails_while_cancelled_is_the_cause_of_the_cancellation() -> None:
    held, error = Held(), OutcomeUnknown("MySQL", "lost")

    async def fail() -> None:
        await held()
        raise error

    task = asyncio.create_task(work(ScriptedDatabase(commit=[fail])))
    await held.begun.wait()
    task.cancel()
    await asyncio.wait([task], timeout=0)
    held.go_on.set()

    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert caught.value.__cause__ is error


async def test_a_rollback_that_began_ends_before_its_cancellation_goes_on() -> None:
    held = Held()
    database = ScriptedDatabase(rollback=[held])

    async def fail() -> None:
        async with transaction(database):
            raise LookupError

    task = asyncio.create_task(fail())
    await held.begun.wait()
    task.cancel()
    await asyncio.wait([task], timeout=0)
    assert not task.done()

    held.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert database.calls[-1] == "take back"


async def test_what_succeeds_runs_once() -> None:
    assert await repeated(Attempt()) == 1


async def test_what_the_store_aborted_runs_again() -> None:
    assert await repeated(Attempt(*[Aborted("MySQL", "deadlock")] * (MAX_TRIES - 1))) == MAX_TRIES


async def test_what_the_store_aborts_each_time_gives_up() -> None:
    attempt = Attempt(*[Aborted("MySQL", "deadlock")] * (MAX_TRIES + 1))

    with pytest.raises(StoreUnavailable, match="MySQL is unavailable: deadlock"):
        await repeated(attempt)

    assert attempt.count == MAX_TRIES


@pytest.mark.parametrize(
    "error",
    [
        StoreUnavailable("MySQL", "gone"),
        OutcomeUnknown("MySQL", "lost"),
        Conflict("A key is taken already."),
        LookupError("a bug"),
    ],
)
async def test_no_other_error_makes_it_run_again(error: Exception) -> None:
    attempt = Attempt(error)

    with pytest.raises(type(error)):
        await repeated(attempt)

    assert attempt.count == 1


async def test_the_pauses_before_it_runs_again_are_random_within_growing_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bounds = []

    def choose(lowest: float, highest: float) -> float:
        bounds.append((lowest, highest))
        return 0

    monkeypatch.setattr(transactions, "RETRY_PAUSES", RETRY_PAUSES)
    monkeypatch.setattr(transactions.random, "uniform", choose)

    await repeated(Attempt(*[Aborted("MySQL", "deadlock")] * (MAX_TRIES - 1)))

    assert bounds == [(0, bound) for bound in RETRY_PAUSES]
    assert list(RETRY_PAUSES) == sorted(RETRY_PAUSES)
