"""The use-cases and the lives of the adapters behind them, in one object."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from service.relay_worker import Signal
from service.settings import Settings
from service.use_cases import UseCases
from service.wiring.adapters import Adapters, fakes, stores
from service.wiring.use_cases import use_cases


@dataclass(frozen=True, slots=True)
class Wiring:
    """The use-cases, and the lives of the adapters behind them, one after the other.

    `events_waiting` is set after each commit that left events for their relay, and `mails_waiting`
    after one that left mails.
    """

    use_cases: UseCases
    adapters: Adapters
    events_waiting: Signal
    mails_waiting: Signal

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open every adapter on the running loop; close them in reverse.

        Raises StoreUnavailable and StoreNotReady.
        """
        async with AsyncExitStack() as stack:
            for opened in self.adapters.opened:
                await stack.enter_async_context(opened())
            yield


def wire(settings: Settings) -> Wiring:
    """Choose the adapters that the settings ask for; nothing is opened yet."""
    events_waiting, mails_waiting = Signal(), Signal()
    choose = fakes if settings.profile == "testing" else stores
    adapters = choose(settings, events_waiting.set, mails_waiting.set)
    return Wiring(use_cases(settings, adapters), adapters, events_waiting, mails_waiting)
