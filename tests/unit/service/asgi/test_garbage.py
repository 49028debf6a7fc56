"""What the garbage collector looks at while a server serves."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from flask import Flask

from service.asgi import FlaskToAsgi
from tests.unit.service.asgi.test_lifespan import communicator_with, shut_down, start_up


class Opened:
    """What an application opens at its start."""


async def test_what_is_there_at_the_start_is_looked_at_no_more_until_the_end() -> None:
    opened = Opened()

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        assert any(it is opened for it in gc.get_objects())
        yield

    server = communicator_with(FlaskToAsgi(Flask("bridged"), lifespan=lifespan))
    await start_up(server)
    came_later = Opened()
    looked_at = gc.get_objects()

    assert gc.get_freeze_count() > 0
    assert not any(it is opened for it in looked_at)
    assert any(it is came_later for it in looked_at)

    await shut_down(server)

    assert gc.get_freeze_count() == 0
    assert any(it is opened for it in gc.get_objects())
