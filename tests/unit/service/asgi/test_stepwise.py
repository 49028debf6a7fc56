import asyncio
import contextlib
import gc
import weakref
from contextvars import ContextVar

import pytest
from greenlet import getcurrent

from service.asgi import greenlets
from service.asgi.greenlets import await_in_greenlet, in_greenlet
from service.asgi.stepwise import await_stepwise

colour: ContextVar[str] = ContextVar("colour", default="none")


def wait_in_sync_code() -> None:
    await_in_greenlet(asyncio.sleep(0))


async def test_what_the_coroutine_returns_is_returned() -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert await await_stepwise(work()) == "done"


async def test_what_the_coroutine_raises_is_raised() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost") as caught:
        await await_stepwise(work())
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


async def test_sync_code_in_each_step_may_await() -> None:
    async def work() -> list[bool]:
        found = []
        for _ in range(2):
            wait_in_sync_code()
            found.append(in_greenlet())
            await asyncio.sleep(0)
            found.append(in_greenlet())
        return found

    assert await await_stepwise(work()) == [True] * 4


async def test_an_error_of_what_sync_code_awaits_reaches_it() -> None:
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_exception, KeyError("lost"))

    async def work() -> str:
        with contextlib.suppress(KeyError):
            await_in_greenlet(future)
        return "recovered"

    assert await await_stepwise(work()) == "recovered"


async def test_all_steps_are_the_tasks_own() -> None:
    async def work() -> list[object]:
        colour.set("green")
        tasks: list[object] = [asyncio.current_task()]
        await asyncio.sleep(0)
        return [*tasks, asyncio.current_task(), colour.get()]

    task = asyncio.current_task()
    assert await await_stepwise(work()) == [task, task, "green"]
    assert colour.get() == "green"


async def test_a_coroutine_that_waits_keeps_no_greenlet() -> None:
    async def work() -> object:
        first = getcurrent()
        barrier.set()
        await release.wait()
        return first

    greenlets._idle.workers.clear()
    barrier, release = asyncio.Event(), asyncio.Event()

    async def run() -> object:
        return await await_stepwise(work())

    tasks = [asyncio.create_task(run()) for _ in range(3)]
    await barrier.wait()
    assert len(greenlets._idle.workers) == 1
    release.set()
    assert len({id(greenlet) for greenlet in await asyncio.gather(*tasks)}) == 1


async def test_the_first_wait_is_announced_once() -> None:
    waits: list[str] = []

    async def work(*, sync_first: bool) -> None:
        if sync_first:
            wait_in_sync_code()
        await asyncio.sleep(0)
        wait_in_sync_code()

    for sync_first in (True, False):
        waits.clear()
        await await_stepwise(work(sync_first=sync_first), lambda: waits.append("waits"))
        assert waits == ["waits"]


async def test_what_never_waits_announces_nothing() -> None:
    async def work() -> None:
        pass

    waits: list[str] = []
    await await_stepwise(work(), lambda: waits.append("waits"))
    assert waits == []


@pytest.mark.parametrize("in_sync_code", [False, True])
async def test_cancellation_is_raised_where_it_waits(*, in_sync_code: bool) -> None:
    waiting = asyncio.Event()
    steps: list[str] = []

    async def work() -> None:
        try:
            waiting.set()
            if in_sync_code:
                await_in_greenlet(asyncio.Event().wait())
            else:
                await asyncio.Event().wait()
        finally:
            wait_in_sync_code()
            await asyncio.sleep(0)
            steps.append("cleaned up")

    async def run() -> None:
        await await_stepwise(work())

    task = asyncio.create_task(run())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["cleaned up"]


@pytest.mark.parametrize("in_sync_code", [False, True])
async def test_once_closed_it_can_await_no_more(*, in_sync_code: bool) -> None:
    steps: list[str] = []

    async def work() -> None:
        try:
            if in_sync_code:
                await_in_greenlet(asyncio.Event().wait())
            else:
                await asyncio.Event().wait()
        finally:
            steps.append("cleaning up")
            try:
                wait_in_sync_code()
            except RuntimeError as error:
                steps.append(str(error))

    async def run() -> None:
        await await_stepwise(work())

    async def use_again() -> str:
        wait_in_sync_code()
        return "used again"

    coroutine = run()
    coroutine.send(None)
    coroutine.close()
    assert steps == [
        "cleaning up",
        "Nothing can be awaited any more: the task has been closed.",
    ]
    assert await await_stepwise(use_again()) == "used again"


async def test_nothing_of_its_errors_is_kept() -> None:
    class KeptError(Exception):
        pass

    async def fail() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        raise KeptError

    async def run() -> "weakref.ref[KeptError] | None":
        try:
            await await_stepwise(fail())
        except KeptError as error:
            return weakref.ref(error)
        return None

    gc.disable()
    try:
        reference = await run()
        assert reference is not None
        assert reference() is None
    finally:
        gc.enable()
