"""What operators, and the other features, do with the runtime configuration."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.callers import requires
from domain.configuration.entities import Configuration, ConfigurationChanges
from domain.configuration.ports import Configurations
from domain.entities import Expected
from domain.errors import Conflict, CorruptedValue, StaleVersion, StoreUnavailable
from domain.permissions import Permission
from domain.ports import Clock

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(seconds=2)

# Seconds: what only needs the configuration must not wait long for a store that is away.
LOAD_TIMEOUT = 0.5

MAX_ATTEMPTS = 5


class RuntimeConfiguration:
    """The use-cases of the configuration. A change is seen by every process within KEPT_FOR."""

    def __init__(self, configurations: Configurations, clock: Clock) -> None:
        self._configurations = configurations
        self._clock = clock
        self._kept: Configuration | None = None
        self._kept_until = datetime.min.replace(tzinfo=UTC)

    @requires(Permission.READ_CONFIGURATION)
    async def read(self) -> Configuration:
        """Give an operator the configuration, as `current` gives it to the other features."""
        return await self.current()

    async def current(self) -> Configuration:
        """Give the configuration, at most KEPT_FOR old.

        Where the store is away or holds what can't be read, the last known one goes on to hold
        (the defaults, where none was known) and the log says so: reads and writes of everything
        else do not depend on it.
        """
        if self._kept is None or self._clock.now() >= self._kept_until:
            # Set first, so that one request asks the store and the others don't wait for it.
            self._kept_until = self._clock.now() + KEPT_FOR
            kept, loaded = self._kept, await self._load_or_keep()
            # What was changed here since the load began is newer than what it found.
            if self._kept is None or self._kept is kept:
                return self._keep(loaded)
        return self._kept

    async def _load_or_keep(self) -> Configuration:
        try:
            async with asyncio.timeout(LOAD_TIMEOUT):
                return await self._configurations.load()
        except (StoreUnavailable, CorruptedValue, TimeoutError) as error:
            reason = str(error) or f"no answer within {LOAD_TIMEOUT} s"
            logger.warning("The last known configuration goes on to hold: %s", reason)
            return self._kept or Configuration()

    @requires(Permission.CHANGE_CONFIGURATION)
    async def change(
        self, changes: ConfigurationChanges, expected: Expected = None
    ) -> Configuration:
        """Change some values, at a version that is `expected` (None: at whichever there is).

        Gives the configuration as it is then. Changes by others are kept, never overwritten by
        what was read before them. Safe to repeat. Raises StaleVersion, InvalidValue,
        CorruptedValue, StoreUnavailable, and Conflict when others were faster MAX_ATTEMPTS times.
        """
        for _ in range(MAX_ATTEMPTS):
            found = await self._configurations.load()
            if expected is not None and found.version not in expected:
                raise StaleVersion("configuration", None, found.version)
            changed = replace(found, **changes)
            if changed == found:
                return self._keep(found)
            changed = replace(changed, version=found.version + 1)
            if await self._configurations.replace(changed, self._clock.now()):
                return self._keep(changed)
        raise Conflict("The configuration is being changed by others; try again.")

    def _keep(self, configuration: Configuration) -> Configuration:
        self._kept = configuration
        self._kept_until = self._clock.now() + KEPT_FOR
        return configuration
