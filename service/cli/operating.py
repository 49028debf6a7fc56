"""Use-cases that a command calls, over stores that it opens, as the operator."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from domain.callers import OPERATOR, acting_as
from service import wiring
from service.cli.errors import readable_errors
from service.settings import Settings
from service.use_cases import UseCases

Result = TypeVar("Result")


def operate(settings: Settings, work: Callable[[UseCases], Awaitable[Result]]) -> Result:
    """Do some work on open stores; an error ends the command with its text and status 1."""

    async def work_on_open_stores() -> Result:
        wired = wiring.wire(settings)
        async with wired.opened():
            with acting_as(OPERATOR):
                return await work(wired.use_cases)

    with readable_errors():
        return asyncio.run(work_on_open_stores())
