"""What lives as long as a server process: the adapters and the work in the background."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import ParamSpec

from domain.activity.relay import BATCH_SIZE as EVENTS_AT_ONCE
from domain.errors import StoreNotReady, StoreUnavailable
from domain.mail.relay import BATCH_SIZE as MAILS_AT_ONCE
from service.asgi import StartupFailed
from service.purge_worker import purge_regularly
from service.relay_worker import relay
from service.use_cases import UseCases
from service.wiring import Wiring

P = ParamSpec("P")

_REMEDIES = {
    "MySQL": "Start it, or correct FLASK_MYSQL_URI.",
    "MongoDB": "Start it, or correct FLASK_MONGO_URI.",
    "Redis": "Start it, or correct FLASK_REDIS_URI.",
    "SQLite": "Look at the file that FLASK_SQLITE_PATH names.",
}


@asynccontextmanager
async def serving(wiring: Wiring) -> AsyncIterator[None]:
    """Open the adapters and work in the background; raises StartupFailed with what to do."""
    use_cases = wiring.use_cases
    async with (
        opened(wiring),
        _in_background(
            relay,
            use_cases.relay.deliver_batch,
            EVENTS_AT_ONCE,
            wiring.events_waiting.renewed(),
            "events",
        ),
        _in_background(
            relay,
            use_cases.mail_relay.deliver_batch,
            MAILS_AT_ONCE,
            wiring.mails_waiting.renewed(),
            "mails",
        ),
        AsyncExitStack() as purges,
    ):
        for purge, what in _hourly_purges(use_cases):
            await purges.enter_async_context(_in_background(purge_regularly, purge, what))
        yield


def _hourly_purges(use_cases: UseCases) -> list[tuple[Callable[[], Awaitable[object]], str]]:
    """Give what ends without an operator, for anybody can make it grow."""
    return [
        (use_cases.idempotency.purge_answers, "idempotency keys"),
        (use_cases.authentication.expired_tokens.purge, "one-time tokens"),
        (use_cases.authentication.sessions.purge_sessions, "sessions"),
        (use_cases.authentication.guesses.purge, "counts of attempts"),
        (use_cases.retention.purge_challenges, "challenges"),
        (use_cases.retention.purge_enrolments, "apps for codes that nobody finished to add"),
    ]


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
async def _in_background(
    work: Callable[P, Coroutine[None, None, None]], *args: P.args, **kwargs: P.kwargs
) -> AsyncIterator[None]:
    task = asyncio.create_task(work(*args, **kwargs))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
