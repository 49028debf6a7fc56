"""No cache at all."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from uuid import UUID

Value = TypeVar("Value")


class Uncached(Generic[Value]):
    """A Cache that keeps nothing, for several processes that share no cache."""

    async def fetch(
        self,
        identifier: UUID,  # noqa: ARG002 - named by the port.
        load: Callable[[], Awaitable[Value | None]],
    ) -> Value | None:
        """Load the value."""
        return await load()

    async def forget(self, identifier: UUID) -> None:
        """Do nothing."""
