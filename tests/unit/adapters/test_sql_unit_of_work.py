"""The unit of work over any SQL technology, on a scripted one."""

import asyncio

import pytest
from uuid_utils.compat import uuid7

from adapters.sql import transactions
from adapters.sql.connection import Aborted
from adapters.sql.unit_of_work import SQLStores, SQLUnitOfWork
from domain.errors import OutcomeUnknown
from tests.contracts.examples import new_event
from tests.unit.adapters.scripted_database import ScriptedDatabase
from tests.unit.fakes import Held, raising


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "RETRY_PAUSES", (0, 0, 0))


class Told:
    """Counts how often it was told of new events."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def told() -> Told:
    return Told()


async def leave_event(stores: SQLStores) -> str:
    await stores.outbox.add(new_event())
    return "done"


async def test_a_unit_that_the_store_aborts_runs_again_as_a_whole(told: Told) -> None:
    database = ScriptedDatabase(execute=[raising(Aborted("MySQL", "deadlock"))])

    assert await SQLUnitOfWork(database, told).run(leave_event) == "done"

    assert database.calls == [
        *["lend", "begin", "execute", "rollback", "take back"],
        *["lend", "begin", "execute", "commit", "take back"],
    ]
    assert told.count == 1


async def test_a_unit_whose_commit_the_store_refuses_runs_again(told: Told) -> None:
    database = ScriptedDatabase(commit=[raising(Aborted("MySQL", "deadlock"))])

    assert await SQLUnitOfWork(database, told).run(leave_event) == "done"

    assert database.calls.count("execute") == 2
    assert told.count == 1


async def test_a_unit_whose_outcome_is_unknown_does_not_run_again(told: Told) -> None:
    database = ScriptedDatabase(commit=[raising(OutcomeUnknown("MySQL", "lost"))])

    with pytest.raises(OutcomeUnknown):
        await SQLUnitOfWork(database, told).run(leave_event)

    assert database.calls.count("execute") == 1


async def test_nobody_is_told_of_events_before_the_commit(told: Told) -> None:
    held = Held()
    task = asyncio.create_task(
        SQLUnitOfWork(ScriptedDatabase(commit=[held]), told).run(leave_event)
    )
    await held.begun.wait()
    assert told.count == 0

    held.go_on.set()
    await task

    assert told.count == 1


async def test_nobody_is_told_where_there_are_no_events(told: Told) -> None:
    async def do_nothing(stores: SQLStores) -> None:
        await stores.authors.get(uuid7())

    await SQLUnitOfWork(ScriptedDatabase(), told).run(do_nothing)

    assert told.count == 0


async def test_a_read_runs_again_on_another_connection_and_in_no_transaction(told: Told) -> None:
    database = ScriptedDatabase(fetch=[raising(Aborted("MySQL", "lost"))])

    found = await SQLUnitOfWork(database, told).read(lambda stores: stores.authors.get(uuid7()))

    assert found is None
    assert database.calls == ["lend", "fetch", "take back"] * 2
