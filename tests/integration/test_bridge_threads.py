"""Sync views beside async ones, under a real server."""

import threading
from collections.abc import Iterator

import pytest

from tests.integration.serving import get, hypercorn

APP = """
import asyncio, threading
from asgiref.sync import async_to_sync
from flask import Flask, current_app, g
from service.asgi import FlaskToAsgi, served

flask_app = Flask(__name__)
app = FlaskToAsgi(flask_app, sync_workers=4)
meeting = threading.Barrier(4)
released = threading.Event()

@flask_app.before_request
async def find_loop():
    g.loop = asyncio.get_running_loop()

@flask_app.get("/meet")
def meet():
    return str(meeting.wait(timeout=10) >= 0)

@flask_app.get("/blocked")
def blocked():
    return str(released.wait(timeout=10))

@flask_app.get("/release")
async def release():
    released.set()
    return "released"

@flask_app.get("/loops")
def loops():
    async def here():
        return asyncio.get_running_loop() is g.loop
    return f"{async_to_sync(here)()} {current_app.async_to_sync(here)()}"

@flask_app.get("/declared")
@served(on_loop=True)
def declared():
    return str(threading.current_thread() is threading.main_thread())
"""


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with hypercorn(tmp_path_factory.mktemp("served"), APP, request.param) as port:
        yield port


def get_together(port: int, *paths: str) -> list[bytes]:
    answers: list[bytes] = [b""] * len(paths)

    def put(number: int, path: str) -> None:
        answers[number] = get(port, path)

    threads = [threading.Thread(target=put, args=pair) for pair in enumerate(paths)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_sync_views_run_beside_one_another(port: int) -> None:
    answers = get_together(port, "/meet", "/meet", "/meet", "/meet")
    assert all(answer.endswith(b"True") for answer in answers)


def test_a_blocked_sync_view_holds_nobody_up(port: int) -> None:
    blocked = threading.Thread(target=lambda: answers.append(get(port, "/blocked")))
    answers: list[bytes] = []
    blocked.start()
    assert get(port, "/release").endswith(b"released")
    blocked.join()
    assert answers[0].endswith(b"True")


def test_a_sync_view_reaches_the_servers_loop(port: int) -> None:
    assert get(port, "/loops").endswith(b"True True")


def test_a_view_that_declares_so_stays_on_the_loop(port: int) -> None:
    assert get(port, "/declared").endswith(b"True")
