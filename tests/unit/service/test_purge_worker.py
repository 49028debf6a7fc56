"""The background work that ends what is kept for hours only."""

import asyncio
import logging
from contextlib import suppress
from types import SimpleNamespace

import pytest

from domain.errors import StoreUnavailable
from service import purge_worker
from service.purge_worker import INTERVAL, purge_regularly


class ScriptedIdempotency:
    """Raises one error after the other, and then counts on."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.purges = 0

    async def purge_answers(self) -> int:
        self.purges += 1
        if self.errors:
            raise self.errors.pop(0)
        return 0


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Make five pauses short and the next the end; gives their lengths."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 5:
            raise asyncio.CancelledError

    monkeypatch.setattr(purge_worker, "asyncio", SimpleNamespace(sleep=pause))
    return pauses


async def test_purges_come_from_time_to_time(pauses: list[float]) -> None:
    idempotency = ScriptedIdempotency()

    with suppress(asyncio.CancelledError):
        await purge_regularly(idempotency.purge_answers, "idempotency keys")

    assert idempotency.purges == 5
    assert all(INTERVAL / 2 <= pause <= INTERVAL for pause in pauses)
    assert len(set(pauses)) > 1


async def test_no_failure_ends_the_work(
    pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    idempotency = ScriptedIdempotency(StoreUnavailable("MySQL", "gone"), LookupError("a bug"))

    with suppress(asyncio.CancelledError):
        await purge_regularly(idempotency.purge_answers, "idempotency keys")

    assert idempotency.purges == 5
    away, bug = caplog.records
    assert away.levelno == logging.WARNING
    assert away.getMessage() == ("Old idempotency keys stay for now: MySQL is unavailable: gone")
    assert bug.levelno == logging.ERROR
    assert bug.exc_info is not None
