"""What the configuration's use-cases ask of the outside."""

from datetime import datetime
from typing import Protocol

from domain.configuration.entities import Configuration


class Configurations(Protocol):
    """Where the one runtime configuration is kept."""

    async def load(self) -> Configuration:
        """Give what is kept; what was never changed has the default of the code.

        Raises CorruptedValue for a kept value that breaks a rule.
        """
        ...

    async def replace(self, configuration: Configuration, changed_at: datetime) -> bool:
        """Keep it if what is kept has a version one less, and give whether it was kept."""
        ...
