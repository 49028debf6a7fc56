"""What an asyncio pool is, in this: it belongs to the event loop on which it was opened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class LoopBound:
    """Refuses to be used elsewhere than on the loop that has opened it, or closed."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self.steps.append("opened")
        yield
        self._loop = None
        self.steps.append("closed")

    async def use(self) -> str:
        await asyncio.sleep(0)
        assert self._loop is asyncio.get_running_loop()
        async with self._lock:
            await asyncio.sleep(0)
        return "used"
