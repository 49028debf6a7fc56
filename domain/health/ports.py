"""What the health's use-case asks of the outside."""

from typing import Protocol


class Store(Protocol):
    """A store that may be away."""

    @property
    def technology(self) -> str:
        """The name by which operators know it."""
        ...

    async def ping(self) -> None:
        """Return when the store answers; raises StoreUnavailable when it does not."""
        ...
