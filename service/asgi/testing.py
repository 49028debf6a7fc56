"""A client for async tests. It needs httpx, which nothing else of this package does."""

import asyncio
from types import TracebackType
from typing import Any, Self, cast

import httpx
from asgiref.typing import ASGI3Application

from service.asgi.lifespan_client import lifespan_of


class AsyncTestClient(httpx.AsyncClient):
    """An ``httpx.AsyncClient`` whose requests an ASGI application answers on the test's own loop.

    ``async with`` starts the application up, and shuts it down in the end; it raises
    ``StartupFailed`` where the start fails, and ``RuntimeError`` where the shutdown does. How long
    either may take is the application's to decide: ``FlaskToAsgi`` has deadlines.

    Each request is served in a task of its own, as servers do it, over ``httpx.ASGITransport``.
    That hands the answer over when it is whole, so a stream without an end is never seen, and
    reports no disconnect: a request that the test gives up is cancelled at once. Where chunks as
    they come, or a client that goes away, are what matters, take a real server.
    """

    def __init__(
        self,
        application: ASGI3Application,
        *,
        base_url: str = "http://localhost",
        **settings: Any,  # noqa: ANN401  # They are those of httpx.AsyncClient.
    ) -> None:
        """Make a client; other settings are those of ``httpx.AsyncClient``, less `transport`."""
        # httpx takes messages for plain dictionaries.
        transport = _Transport(cast("Any", application))
        super().__init__(transport=transport, base_url=base_url, **settings)
        self._lifespan = lifespan_of(application)

    async def __aenter__(self) -> Self:
        """Start the application up."""
        await self._lifespan.__aenter__()
        return await super().__aenter__()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Shut the application down."""
        try:
            await super().__aexit__(exc_type, exc_value, traceback)
        finally:
            await self._lifespan.__aexit__(exc_type, exc_value, traceback)


class _Transport(httpx.ASGITransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serve a request in a task, and so in a context, of its own."""
        return await asyncio.create_task(super().handle_async_request(request))
