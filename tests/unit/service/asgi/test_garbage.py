"""What the garbage collector looks at while a server serves."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from flask import Flask

from service.asgi import FlaskToAsgi
from service.asgi.garbage import lasting_objects_left_alone
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


@pytest.mark.parametrize("set_before, meanwhile", [(700, 2000), (0, 0), (50_000, 50_000)])
def test_the_young_are_looked_at_less_often_unless_somebody_set_that(
    set_before: int, meanwhile: int
) -> None:
    before = gc.get_threshold()
    gc.set_threshold(set_before, 5, 5)
    try:
        with lasting_objects_left_alone():
            assert gc.get_threshold() == (meanwhile, 5, 5)
        assert gc.get_threshold() == (set_before, 5, 5)
    finally:
        gc.set_threshold(*before)
