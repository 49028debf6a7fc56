"""What lives as long as a server process: the adapters and the relay."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from domain.errors import StoreNotReady, StoreUnavailable
from service.asgi import StartupFailed
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
    """Open the adapters and deliver events; raises StartupFailed with what to do about it."""
    async with opened(wiring), _relaying(wiring):
        yield


@asynccontextmanager
async def opened(wiring: Wiring) -> AsyncIterator[None]:
    """Open the adapters alone; raises StartupFailed with what to do about it."""
    async with AsyncExitStack() as stack:
        with _told_to_the_operator():
            await stack.enter_async_context(wiring.opened())
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
async def _relaying(wiring: Wiring) -> AsyncIterator[None]:
    events_waiting = wiring.events_waiting.renewed()
    task = asyncio.create_task(relay_events(wiring.use_cases.relay, events_waiting))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
