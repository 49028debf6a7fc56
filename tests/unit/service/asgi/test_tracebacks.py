"""A traceback in the log reads as if Flask had called the view, but for a few frames."""

import asyncio
import logging
import traceback
from pathlib import Path

import flask
import pytest
from asgiref.sync import async_to_sync
from flask import Flask

import service.asgi
from service.asgi import FlaskToAsgi
from tests.unit.service.asgi.client import exchange

pytestmark = pytest.mark.usefixtures("each_way")

BRIDGE = str(Path(service.asgi.__file__).parent)
FLASK = str(Path(flask.__file__).parent)
FLASKS_FRAMES = 4
"""Those of Flask itself under a WSGI server."""


async def use_case(*, waits: bool) -> None:
    if waits:
        await asyncio.sleep(0)
    await adapter(waits=waits)


async def adapter(*, waits: bool) -> None:
    if waits:
        await asyncio.sleep(0)
    raise LookupError("not there")


@pytest.fixture
def failing(flask_app: Flask) -> Flask:
    @flask_app.before_request
    async def hook() -> None:
        await asyncio.sleep(0)

    @flask_app.get("/async/<int:waits>")
    async def view(waits: int) -> None:
        await use_case(waits=bool(waits))

    @flask_app.get("/sync/<int:waits>")
    def sync_view(waits: int) -> None:
        async_to_sync(use_case)(waits=bool(waits))

    @flask_app.get("/handled/<int:waits>")
    async def handling_view(waits: int) -> None:
        try:
            await use_case(waits=bool(waits))
        except LookupError:
            await asyncio.sleep(0)
        await use_case(waits=bool(waits))

    return flask_app


@pytest.mark.parametrize("waits", [0, 1], ids=["at once", "after an await"])
@pytest.mark.parametrize(
    "path,view", [("/async", "view"), ("/sync", "sync_view"), ("/handled", "handling_view")]
)
async def test_it_has_each_call_once_in_order(
    failing: Flask, caplog: pytest.LogCaptureFixture, path: str, view: str, waits: int
) -> None:
    with caplog.at_level(logging.ERROR):
        await exchange(FlaskToAsgi(failing), path=f"{path}/{waits}")
    (record,) = caplog.records
    assert record.exc_info
    _, error, trace = record.exc_info
    assert isinstance(error, LookupError)
    assert (error.__cause__, error.__context__) == (None, None)
    frames = traceback.extract_tb(trace)
    ours = [frame.name for frame in frames if frame.filename == __file__]
    assert ours == [view, "use_case", "adapter"]
    others = [frame for frame in frames if frame.filename.startswith((BRIDGE, FLASK))]
    assert len(others) <= FLASKS_FRAMES + 3
