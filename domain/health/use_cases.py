"""Whether the stores behind the service answer."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from domain.errors import StoreUnavailable
from domain.health.ports import Store
from domain.ports import Clock

# Seconds: a store that takes longer is away, for whoever waits for it.
PING_TIMEOUT = 1.0

# However often somebody looks, the stores are not asked more often than this.
KEPT_FOR = timedelta(seconds=2)


class Health:
    """The use-case of health: look at every store at once."""

    def __init__(self, stores: Sequence[Store], clock: Clock) -> None:
        self._stores = stores
        self._clock = clock
        self._kept: Mapping[str, bool] = {}
        self._kept_until = datetime.min.replace(tzinfo=UTC)

    async def check(self) -> Mapping[str, bool]:
        """Give for each store whether it answered, KEPT_FOR and one PING_TIMEOUT ago at most."""
        now = self._clock.now()
        if now >= self._kept_until:
            # Set first, so that one caller asks the stores and the others take what was known.
            if self._kept:
                self._kept_until = now + KEPT_FOR
            answers = await asyncio.gather(*map(_answers, self._stores))
            names = [store.technology for store in self._stores]
            self._kept = dict(zip(names, answers, strict=True))
            self._kept_until = self._clock.now() + KEPT_FOR
        return self._kept


async def _answers(store: Store) -> bool:
    try:
        async with asyncio.timeout(PING_TIMEOUT):
            await store.ping()
    except (StoreUnavailable, TimeoutError):
        return False
    return True
