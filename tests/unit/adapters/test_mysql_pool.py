"""Who gets which connection, and when."""

import asyncio

import pytest

from adapters.mysql import pool as pools
from adapters.mysql.pool import Pool
from domain.errors import StoreUnavailable

PATIENCE = 0.05
LONG = 60.0


class Fake:
    """A connection that is sound until a test says otherwise."""

    def __init__(self) -> None:
        self.sound = True
        self.closed = False

    def is_sound(self) -> bool:
        return self.sound and not self.closed

    def close(self) -> None:
        self.closed = True


class Server:
    """Makes connections, as long as it is there."""

    def __init__(self) -> None:
        self.made: list[Fake] = []
        self.error: Exception | None = None
        self.is_open = asyncio.Event()
        self.is_open.set()

    async def connect(self) -> Fake:
        await self.is_open.wait()
        if self.error:
            raise self.error
        self.made.append(Fake())
        return self.made[-1]


def make_pool(server: Server, size: int, patience: float = LONG) -> Pool:
    return Pool(server.connect, size, patience)  # type: ignore[arg-type] # A fake of the driver's.


async def test_a_connection_is_used_again() -> None:
    server = Server()
    pool = make_pool(server, 2)

    for _ in range(3):
        pool.release(await pool.acquire())

    assert len(server.made) == 1


async def test_the_last_that_came_back_goes_out_first() -> None:
    pool = make_pool(Server(), 2)
    first, second = await pool.acquire(), await pool.acquire()
    pool.release(first)
    pool.release(second)

    assert await pool.acquire() is second


@pytest.mark.parametrize("how", ["lent", "free"])
async def test_one_that_is_not_sound_is_closed_and_replaced(how: str) -> None:
    server = Server()
    pool = make_pool(server, 1)
    connection = await pool.acquire()
    if how == "lent":
        server.made[0].sound = False
    pool.release(connection)
    server.made[0].sound = False

    assert await pool.acquire() is server.made[1]
    assert server.made[0].closed


async def test_one_that_rested_too_long_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    pool = make_pool(server, 1)
    pool.release(await pool.acquire())
    monkeypatch.setattr(pools, "LONGEST_REST", 0)

    assert await pool.acquire() is server.made[1]
    assert server.made[0].closed


async def test_an_exhausted_pool_says_so_when_patience_ends() -> None:
    pool = make_pool(Server(), 1, PATIENCE)
    lent = await pool.acquire()

    with pytest.raises(StoreUnavailable, match=r"no connection came free within 0\.05 s"):
        await pool.acquire()

    pool.release(lent)
    assert await pool.acquire() is lent


async def test_a_server_that_does_not_answer_is_given_up_when_patience_ends() -> None:
    server = Server()
    server.is_open.clear()
    pool = make_pool(server, 1, PATIENCE)

    with pytest.raises(StoreUnavailable):
        await pool.acquire()

    server.is_open.set()
    assert await pool.acquire() is server.made[0]


async def test_a_place_is_free_again_when_connecting_fails() -> None:
    server = Server()
    pool = make_pool(server, 1)
    server.error = LookupError()
    with pytest.raises(LookupError):
        await pool.acquire()

    server.error = None
    assert await pool.acquire() is server.made[0]


@pytest.mark.parametrize("is_sound", [True, False])
async def test_waiters_get_what_comes_back_in_their_order(*, is_sound: bool) -> None:
    server = Server()
    pool = make_pool(server, 1)
    lent = await pool.acquire()
    order: list[int] = []

    async def wait(number: int) -> None:
        connection = await pool.acquire()
        order.append(number)
        pool.release(connection)

    waiting = [asyncio.create_task(wait(number)) for number in range(3)]
    await asyncio.sleep(0)
    server.made[0].sound = is_sound
    pool.release(lent)
    await asyncio.gather(*waiting)

    assert order == [0, 1, 2]
    assert len(server.made) == (1 if is_sound else 2)


async def test_a_cancelled_waiter_keeps_nothing() -> None:
    pool = make_pool(Server(), 1)
    lent = await pool.acquire()
    waiting = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    waiting.cancel()
    pool.release(lent)
    await asyncio.wait([waiting])

    assert await pool.acquire() is lent


async def test_a_closed_pool_closes_what_is_free_and_what_comes_back() -> None:
    server = Server()
    pool = make_pool(server, 2)
    first, second = await pool.acquire(), await pool.acquire()
    pool.release(first)

    closing = asyncio.create_task(pool.close())
    await asyncio.sleep(0)
    assert server.made[0].closed
    assert not server.made[1].closed
    pool.release(second)
    await closing

    assert server.made[1].closed


async def test_a_closed_pool_takes_back_what_is_lent_when_patience_ends() -> None:
    server = Server()
    pool = make_pool(server, 1, PATIENCE)
    await pool.acquire()

    await pool.close()

    assert server.made[0].closed
