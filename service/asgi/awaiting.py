"""Await from sync code, wherever it runs: in a greenlet, in a pool's thread, outside any server."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, copy_context
from functools import partial
from typing import Any, ParamSpec, TypeAlias, TypeVar

from asgiref.sync import AsyncToSync
from flask import Flask

from service.asgi.greenlets import await_in_greenlet, in_greenlet
from service.asgi.home import Home, Loop, running_loop

P = ParamSpec("P")
T = TypeVar("T")
CoroutineFunction: TypeAlias = Callable[P, Coroutine[Any, Any, T]]


def await_here(awaitable: Awaitable[T]) -> T:
    """Return what the awaitable returns, or raise what it raises, while a server serves.

    In a greenlet the request's own task awaits it. In a pool's thread a task on the server's loop
    does, in a copy of the thread's context whose changes the thread then gets.
    """
    if in_greenlet():
        return await_in_greenlet(awaitable)
    return AsyncToSync(_await)(awaitable)


async def _await(awaitable: Awaitable[T]) -> T:
    return await awaitable


def await_in_place(flask_app: Flask, home: Home) -> None:
    """Have the app await what is async from its request's greenlet, else on its home's loop.

    Where it has not been started, a loop of its own awaits it, as Flask has it. Flask's
    documentation overrides the same method for gevent. It is set on the instance, so that any
    application will do.
    """
    at_home = partial(_at_home, home)
    fallback = flask_app.async_to_sync

    def call(function: CoroutineFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if in_greenlet():
            return await_in_greenlet(function(*args, **kwargs))
        _refuse_to_block()
        result: T = fallback(at_home)(function, *args, **kwargs)
        return result

    def async_to_sync(function: CoroutineFunction[P, T]) -> Callable[P, T]:
        return partial(call, function)

    flask_app.async_to_sync = async_to_sync  # type: ignore[assignment, method-assign]


def _refuse_to_block() -> None:
    if running_loop() is not None:
        raise RuntimeError(
            "Sync code would block the event loop that runs in this thread. Await what it calls"
            " instead, or call it by `await run_in_greenlet(function, …)` of service.asgi, the"
            " test client for one: `await run_in_greenlet(client.get, '/')`."
        )


async def _at_home(
    home: Home, function: CoroutineFunction[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Await on the home's loop. asgiref has chosen this one: the loop that its thread serves.

    Where it knows of none it has made one for this call, on which no pool of the app's can be used.
    """
    if home.loop is None or home.loop is asyncio.get_running_loop():
        return await function(*args, **kwargs)
    return await _await_on(home.loop, function, *args, **kwargs)


async def _await_on(
    loop: Loop, function: CoroutineFunction[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Await on another loop, in a copy of this context whose changes come back."""
    changed: list[Context] = []

    async def await_there() -> T:
        try:
            return await function(*args, **kwargs)
        finally:
            changed.append(copy_context())

    try:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(await_there(), loop))
    finally:
        for context in changed:
            _take_over(context)


def _take_over(context: Context) -> None:
    for variable, value in context.items():
        if variable.get(None) is not value:
            variable.set(value)
