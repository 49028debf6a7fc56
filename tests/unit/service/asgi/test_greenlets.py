import asyncio
import contextlib
import gc
import threading
import weakref
from contextvars import ContextVar

import pytest
from greenlet import getcurrent

from service.asgi import greenlets
from service.asgi.greenlets import (
    await_in_greenlet,
    in_greenlet,
    run_in_greenlet,
)

colour: ContextVar[str] = ContextVar("colour", default="none")


async def test_what_the_function_returns_is_returned() -> None:
    assert await run_in_greenlet(divmod, 7, 2) == (3, 1)


async def test_what_the_function_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await run_in_greenlet(divmod, 7, 0)


async def test_the_function_awaits_in_the_task_that_runs_it() -> None:
    async def task_after_a_turn() -> asyncio.Task[None] | None:
        await asyncio.sleep(0)
        return asyncio.current_task()

    task = await run_in_greenlet(lambda: await_in_greenlet(task_after_a_turn()))
    assert task is asyncio.current_task()


async def test_any_awaitable_can_be_awaited() -> None:
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, "done")
    assert await run_in_greenlet(await_in_greenlet, future) == "done"


async def test_an_error_in_what_is_awaited_reaches_the_function() -> None:
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_exception, KeyError("lost"))

    def recover() -> str:
        try:
            return await_in_greenlet(future)
        except KeyError:
            return "recovered"

    assert await run_in_greenlet(recover) == "recovered"


async def test_an_error_handled_in_a_coroutine_is_no_context_of_a_later_one() -> None:
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_exception, KeyError("lost"))

    async def recover_and_fail() -> None:
        with contextlib.suppress(KeyError):
            await future
        raise ValueError

    with pytest.raises(ValueError, match=r"^$") as caught:
        await run_in_greenlet(await_in_greenlet, recover_and_fail())
    assert caught.value.__context__ is None


async def test_context_variables_are_the_tasks_own() -> None:
    def paint() -> str:
        before = colour.get()
        colour.set("green")
        await_in_greenlet(asyncio.sleep(0))
        return before

    colour.set("red")
    assert await run_in_greenlet(paint) == "red"
    assert colour.get() == "green"


async def test_a_greenlet_can_run_another_inside() -> None:
    def inner() -> str:
        await_in_greenlet(asyncio.sleep(0))
        return "inner"

    def outer() -> str:
        return await_in_greenlet(run_in_greenlet(inner)) + " and outer"

    assert await run_in_greenlet(outer) == "inner and outer"


async def test_outside_a_greenlet_nothing_is_awaited() -> None:
    assert not in_greenlet()
    assert await run_in_greenlet(in_greenlet)
    awaitable = asyncio.get_running_loop().create_future()
    with pytest.raises(RuntimeError, match="nothing to await from"):
        await_in_greenlet(awaitable)


async def test_cancellation_is_raised_where_the_function_awaits() -> None:
    waiting = asyncio.Event()
    steps: list[str] = []

    def work() -> None:
        try:
            waiting.set()
            await_in_greenlet(asyncio.Event().wait())
        finally:
            await_in_greenlet(asyncio.sleep(0))
            steps.append("cleaned up")

    async def run() -> None:
        await run_in_greenlet(work)

    task = asyncio.create_task(run())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["cleaned up"]


async def test_a_closed_coroutine_ends_its_function_which_can_await_no_more() -> None:
    steps: list[object] = []

    def work() -> None:
        try:
            await_in_greenlet(asyncio.Event().wait())
        finally:
            steps.append("cleaning up")
            try:
                await_in_greenlet(asyncio.sleep(0))
            except RuntimeError as error:
                steps.append(str(error))

    async def run() -> None:
        await run_in_greenlet(work)

    coroutine = run()
    coroutine.send(None)
    coroutine.close()
    assert steps == [
        "cleaning up",
        "Nothing can be awaited any more: the task has been closed.",
    ]
    assert await run_in_greenlet(await_in_greenlet, asyncio.sleep(0, "used again")) == "used again"


async def test_a_greenlet_is_used_again() -> None:
    first = await run_in_greenlet(getcurrent)
    assert await run_in_greenlet(getcurrent) is first


async def test_idle_greenlets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greenlets, "MAX_IDLE", 2)
    greenlets._idle.workers.clear()
    barrier = asyncio.Barrier(5)
    seen: list[weakref.ref[object]] = []

    def meet() -> None:
        seen.append(weakref.ref(getcurrent()))
        await_in_greenlet(barrier.wait())

    async def run() -> None:
        await run_in_greenlet(meet)

    await asyncio.gather(*(run() for _ in range(5)))
    gc.collect()
    assert len(greenlets._idle.workers) == 2
    assert sum(reference() is not None for reference in seen) == 2


async def test_an_idle_greenlet_keeps_nothing_of_its_last_call() -> None:
    class KeptError(Exception):
        pass

    def fail() -> None:
        await_in_greenlet(asyncio.sleep(0))
        raise KeptError

    async def run() -> "weakref.ref[KeptError] | None":
        try:
            await run_in_greenlet(fail)
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
    assert all(worker.gr_context is None for worker in greenlets._idle.workers)


def test_each_thread_has_greenlets_of_its_own() -> None:
    async def current() -> object:
        return await run_in_greenlet(getcurrent)

    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(asyncio.run(current()))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(worker) for worker in [*found, asyncio.run(current())]}) == 3
