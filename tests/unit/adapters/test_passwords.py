"""How argon2 is used: with which parameters, how often at once, and at the same cost for all."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from argon2 import extract_parameters

from adapters.security.passwords import MAX_WAITING, OWASP, Argon2PasswordHasher
from domain.authentication.errors import HashingOverloaded
from tests.contracts.test_password_hasher import CHEAP


class Gate:
    """Holds the threads that hash, and counts them."""

    def __init__(self, hasher: Argon2PasswordHasher) -> None:
        self._inner = hasher._hasher
        self._lock = threading.Lock()
        self.open = threading.Event()
        self.at_once = self.most_at_once = self.verified = 0

    def verify(self, hashed: str, password: bytes) -> bool:
        with self._lock:
            self.at_once += 1
            self.verified += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
        assert self.open.wait(60)
        with self._lock:
            self.at_once -= 1
        return self._inner.verify(hashed, password)


def gated(threads: int) -> tuple[Argon2PasswordHasher, Gate]:
    hasher = Argon2PasswordHasher(CHEAP, threads=threads)
    gate = Gate(hasher)
    hasher._hasher = gate  # type: ignore[assignment]
    return hasher, gate


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # It is a thread that makes it true.
            await asyncio.sleep(0.001)


async def test_hashes_have_the_parameters_that_owasp_asks_for() -> None:
    hashed = await Argon2PasswordHasher().hash("correct horse")

    assert hashed.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert extract_parameters(hashed) == OWASP


@pytest.mark.parametrize(
    "changed",
    [
        {"time_cost": 2},
        {"memory_cost": 16},
        {"parallelism": 2, "memory_cost": 16},
        {"hash_len": 16},
    ],
    ids=str,
)
async def test_a_hash_of_other_parameters_holds_and_is_outdated(changed: dict[str, int]) -> None:
    hashed = await Argon2PasswordHasher(replace(CHEAP, **changed)).hash("correct horse")
    hasher = Argon2PasswordHasher(CHEAP)

    assert hasher.is_outdated(hashed)
    assert await hasher.verify("correct horse", hashed)


@pytest.mark.parametrize("hashed", [None, "", "$argon2id$v=19$m=8,t=1,p=1$AAAA$!!!!"])
async def test_a_password_is_hashed_also_where_there_is_nothing_to_compare(
    hashed: str | None,
) -> None:
    hasher, gate = gated(1)
    gate.open.set()

    assert not await hasher.verify("correct horse", hashed)

    assert extract_parameters(hasher._reference) == CHEAP
    # What can't be read is refused by argon2 before it hashes anything.
    assert gate.verified == (1 if hashed is None else 2)


async def test_only_so_many_are_hashed_at_once() -> None:
    hasher, gate = gated(2)

    tasks = [asyncio.create_task(hasher.verify("p", None)) for _ in range(10)]
    await until(lambda: gate.at_once == 2)
    gate.open.set()

    assert await asyncio.gather(*tasks) == [False] * 10
    assert gate.most_at_once == 2


async def test_whoever_comes_when_too_many_wait_is_sent_away_and_the_next_ones_are_not() -> None:
    hasher, gate = gated(1)
    tasks = [asyncio.create_task(hasher.verify("p", None)) for _ in range(MAX_WAITING + 1)]
    await until(lambda: gate.at_once == 1)

    with pytest.raises(HashingOverloaded):
        await hasher.verify("p", None)

    gate.open.set()
    await asyncio.gather(*tasks)
    assert not await hasher.verify("p", None)


async def test_who_does_not_wait_any_more_frees_the_place() -> None:
    hasher, gate = gated(1)
    working = asyncio.create_task(hasher.verify("p", None))
    await until(lambda: gate.at_once == 1)
    waiting = [asyncio.create_task(hasher.verify("p", None)) for _ in range(MAX_WAITING)]
    await asyncio.sleep(0)

    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    again = asyncio.create_task(hasher.verify("p", None))
    await asyncio.sleep(0)
    gate.open.set()

    assert await again is False
    assert await working is False
    assert gate.verified == 2
