"""The runtime configuration in memory."""

from datetime import datetime

from domain.configuration.entities import Configuration


class MemoryConfigurations:
    """The fake of Configurations."""

    def __init__(self) -> None:
        self._kept = Configuration()

    async def load(self) -> Configuration:
        """Give what is kept."""
        return self._kept

    async def replace(self, configuration: Configuration, changed_at: datetime) -> bool:  # noqa: ARG002 - kept by stores that last.
        """Put the configuration in the place of the version before."""
        if configuration.version != self._kept.version + 1:
            return False
        self._kept = configuration
        return True
