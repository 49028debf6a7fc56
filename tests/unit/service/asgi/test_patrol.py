import asyncio

from service.asgi.patrol import Patrol


async def test_who_waits_long_is_called_once() -> None:
    called, calls = asyncio.Event(), list[int]()

    def call() -> None:
        calls.append(1)
        called.set()

    patrol = Patrol(period=0.001)
    for expected in ([1], [1, 1]):
        called.clear()
        patrol.join(call)
        async with asyncio.timeout(10):
            await called.wait()
        assert calls == expected


async def test_who_has_left_is_not_called() -> None:
    called, calls = asyncio.Event(), list[int]()

    def call() -> None:
        calls.append(1)

    patrol = Patrol(period=0.001)
    patrol.join(call)
    patrol.leave(call)
    patrol.join(called.set)
    async with asyncio.timeout(10):
        await called.wait()
    assert calls == []


def test_it_goes_its_rounds_on_one_loop_after_another() -> None:
    patrol = Patrol(period=0.001)

    async def wait() -> bool:
        called = asyncio.Event()
        patrol.join(called.set)
        async with asyncio.timeout(10):
            return await called.wait()

    async def leave_waiting() -> None:
        patrol.join(lambda: None)

    asyncio.run(leave_waiting())
    assert asyncio.run(wait())
