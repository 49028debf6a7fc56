"""Await from sync code, wherever the bridge has put it: in a greenlet or in a pool's thread."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, ParamSpec, TypeAlias, TypeVar

from asgiref.sync import AsyncToSync
from flask import Flask

from service.asgi.greenlets import await_in_greenlet, in_greenlet

P = ParamSpec("P")
T = TypeVar("T")
CoroutineFunction: TypeAlias = Callable[P, Coroutine[Any, Any, T]]


def await_here(awaitable: Awaitable[T]) -> T:
    """Return what the awaitable returns, or raise what it raises.

    In a greenlet the request's own task awaits it. In a pool's thread a task on the server's loop
    does, in a copy of the thread's context whose changes the thread then gets. Outside any server a
    loop of its own does, as Flask has it.
    """
    if in_greenlet():
        return await_in_greenlet(awaitable)
    return AsyncToSync(_await)(awaitable)


async def _await(awaitable: Awaitable[T]) -> T:
    return await awaitable


def await_in_place(flask_app: Flask) -> None:
    """Have the app await what is async from its request's greenlet, where there is one.

    Flask's documentation overrides the same method for gevent. It is set on the instance, so that
    any application will do.
    """
    fallback = flask_app.async_to_sync

    def call(function: CoroutineFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if in_greenlet():
            return await_in_greenlet(function(*args, **kwargs))
        result: T = fallback(function)(*args, **kwargs)
        return result

    def async_to_sync(function: CoroutineFunction[P, T]) -> Callable[P, T]:
        return partial(call, function)

    flask_app.async_to_sync = async_to_sync  # type: ignore[assignment, method-assign]
