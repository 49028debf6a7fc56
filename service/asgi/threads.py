"""The bounded pool of threads in which sync views run."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import SyncToAsync

P = ParamSpec("P")
T = TypeVar("T")


class ThreadPool:
    """Threads that are started as they are needed, and can be again after ``close``.

    A call is made in a copy of the awaiting task's context, and finds the loop that awaits it:
    asgiref's ``async_to_sync`` in the thread runs there. If the awaiting task is cancelled, so is
    what the thread awaits; a thread that awaits nothing cannot be stopped, and runs on alone.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._executor: ThreadPoolExecutor | None = None

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a sync function in a thread, as soon as one is free."""
        if self._executor is None:
            self._executor = ThreadPoolExecutor(self._size, "sync-view")
        in_thread = SyncToAsync(function, thread_sensitive=False, executor=self._executor)
        return await in_thread(*args, **kwargs)

    def close(self) -> None:
        """Start no more calls, and have each thread end when its call does."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)
