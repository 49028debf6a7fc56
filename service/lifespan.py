"""What lives as long as a server process: the adapters and the work in the background."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from domain.errors import StoreNotReady, StoreUnavailable
from service.asgi import StartupFailed
from service.purge_worker import purge_answers
from service.relay_worker import relay_events
from service.wiring import Wiring

_REMEDIES = {
    "MySQL": "Start it, or correct FLASK_MYSQL_URI.",
    "MongoDB": "Start it, or correct FLASK_MONGO_URI.",
    "Redis": "Start it, or correct FLASK_REDIS_URI.",
    "SQLite": "Look at the file that FLASK_SQLITE_PATH names.",
}


@asynccontextmanager
async def serving(wiring: Wiring) -> AsyncIterator[None]:
    """Open the adapters and work in the background; raises StartupFailed with what to do."""
    use_cases = wiring.use_cases
    async with AsyncExitStack() as stack:
        with _told_to_the_operator():
            await stack.enter_async_context(wiring.opened())
        relaying = relay_events(use_cases.relay, wiring.events_waiting)
        await stack.enter_async_context(_in_background(relaying))
        await stack.enter_async_context(_in_background(purge_answers(use_cases.idempotency)))
        yield


@contextmanager
def _told_to_the_operator() -> Iterator[None]:
    try:
        yield
    except StoreNotReady as error:
        raise StartupFailed(str(error)) from error
    except StoreUnavailable as error:
        raise StartupFailed(f"{error}. {_REMEDIES[error.store]}") from error


@asynccontextmanager
async def _in_background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
