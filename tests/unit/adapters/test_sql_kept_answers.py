"""How a claim takes what a store says, on a scripted one."""

import pytest

from adapters.sql import transactions
from adapters.sql.connection import Aborted, Deadlock, LockTimeout
from adapters.sql.unit_of_work import SQLStores, SQLUnitOfWork
from domain.errors import Conflict, StoreUnavailable
from domain.idempotency.entities import Claim, KeptAnswer, KeptRequest
from domain.idempotency.errors import RequestInProgress
from tests.contracts.examples import NOW
from tests.unit.adapters.scripted_database import ScriptedDatabase
from tests.unit.fakes import raising

CLAIM = Claim(caller="anonymous", key="a-key", fingerprint=bytes(32))
TAKEN = Conflict("A key is taken already.")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "RETRY_PAUSES", (0, 0, 0))


async def claim(database: ScriptedDatabase) -> KeptRequest | None:
    async def unit(stores: SQLStores) -> KeptRequest | None:
        return await stores.kept_answers.claim(CLAIM, NOW)

    return await SQLUnitOfWork(database, lambda: None).run(unit)


async def test_a_free_key_costs_one_statement() -> None:
    database = ScriptedDatabase()

    assert await claim(database) is None

    assert database.calls == ["lend", "begin", "execute", "commit", "take back"]


async def test_a_taken_key_gives_its_row() -> None:
    database = ScriptedDatabase(execute=[raising(TAKEN)])
    database.rows = [
        {"fingerprint": bytes(32), "status": 201, "headers": '[["ETag","x"]]', "body": b"{}"}
    ]

    kept = await claim(database)

    assert kept == KeptRequest(bytes(32), KeptAnswer(201, (("ETag", "x"),), b"{}"))


async def test_a_key_that_is_taken_by_no_row_is_a_bug() -> None:
    with pytest.raises(Conflict):
        await claim(ScriptedDatabase(execute=[raising(TAKEN)]))


@pytest.mark.parametrize("error", [LockTimeout("MySQL", "a wait"), Deadlock("MySQL", "a circle")])
async def test_twins_that_can_not_wait_are_told_so_at_once(error: StoreUnavailable) -> None:
    database = ScriptedDatabase(execute=[raising(error)])

    with pytest.raises(RequestInProgress) as caught:
        await claim(database)

    assert caught.value.key == "a-key"
    assert database.calls == ["lend", "begin", "execute", "rollback", "take back"]


async def test_a_lost_connection_is_no_twin_and_the_claim_is_made_again() -> None:
    database = ScriptedDatabase(execute=[raising(Aborted("MySQL", "lost"))])

    assert await claim(database) is None

    assert database.calls.count("execute") == 2


async def test_a_store_that_is_away_is_no_twin() -> None:
    with pytest.raises(StoreUnavailable):
        await claim(ScriptedDatabase(execute=[raising(StoreUnavailable("MySQL", "gone"))]))
