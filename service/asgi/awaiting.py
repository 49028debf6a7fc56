"""Await from sync code, wherever the bridge has put it: in a greenlet or in a pool's thread."""

from collections.abc import Awaitable
from typing import TypeVar

from asgiref.sync import AsyncToSync

from service.asgi.greenlets import await_in_greenlet, in_greenlet

T = TypeVar("T")


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
