"""Background tasks at the end of a real server."""

from pathlib import Path

import pytest

from tests.integration.serving import get, hypercorn

APP = """
import asyncio
from pathlib import Path
from flask import Flask
from service.asgi import FlaskToAsgi, start_background_task

flask_app = Flask(__name__)
app = FlaskToAsgi(flask_app)

async def do_nothing():
    pass

async def last_until_shutdown():
    try:
        while True:
            start_background_task(do_nothing)
            await asyncio.sleep(0.01)
    except RuntimeError:
        # No more tasks are started: the server is about to end, and waits for this one.
        await asyncio.sleep(0.01)
        Path("ended").touch()

@flask_app.get("/sync")
def synchronous():
    start_background_task(last_until_shutdown)
    return "started"

@flask_app.get("/async")
async def asynchronous():
    return synchronous()
"""


@pytest.mark.parametrize("worker_class", ["asyncio", "uvloop"])
@pytest.mark.parametrize("path", ["/sync", "/async"])
def test_a_server_that_is_told_to_stop_waits_for_them(
    tmp_path: Path, worker_class: str, path: str
) -> None:
    with hypercorn(tmp_path, APP, worker_class) as port:
        assert get(port, path).endswith(b"started")
    assert (tmp_path / "ended").exists()
