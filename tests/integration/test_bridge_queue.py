"""Requests that wait for their turn, under a real server."""

from collections.abc import Iterator

import pytest

from tests.acceptance.polling import until
from tests.integration.serving import connect, get, hypercorn, rest_of

APP = """
import asyncio
from flask import Flask
from service.asgi import FlaskToAsgi, served

flask_app = Flask(__name__)
bridge = FlaskToAsgi(flask_app, max_in_flight=1, max_queued=2)
begun, free = [], asyncio.Event()

@flask_app.get("/hold/<name>")
async def hold(name):
    begun.append(name)
    await free.wait()
    return name

@flask_app.get("/hasty")
@served(deadline=0.2)
async def hasty():
    begun.append("hasty")

async def app(scope, receive, send):
    if scope["type"] != "http" or not scope["path"].startswith("/-/"):
        return await bridge(scope, receive, send)
    if scope["path"] == "/-/free":
        free.set()
    text = f"{' '.join(begun)}, {len(bridge._http.admission._waiting)} waiting".encode()
    headers = [(b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text, "more_body": False})
"""


@pytest.fixture(params=["asyncio", "uvloop"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with hypercorn(tmp_path_factory.mktemp("served"), APP, request.param) as port:
        yield port


def request_to_hold(name: str) -> bytes:
    return f"GET /hold/{name} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode()


def test_only_those_who_still_wait_have_their_turn(port: int) -> None:
    def comes_to(state: str) -> None:
        until(lambda: get(port, "/-/state").endswith(state.encode()), state)

    def is_told_to_come_again() -> bool:
        answer = get(port, "/hasty")
        return answer.startswith(b"HTTP/1.1 503 ") and b"\r\nretry-after: 1\r\n" in answer

    with connect(port) as holder, connect(port) as patient:
        holder.sendall(request_to_hold("holder"))
        comes_to("holder, 0 waiting")
        with connect(port) as leaver:
            leaver.sendall(request_to_hold("leaver"))
            comes_to("holder, 1 waiting")
            patient.sendall(request_to_hold("patient"))
            comes_to("holder, 2 waiting")
            assert is_told_to_come_again()
        comes_to("holder, 1 waiting")
        # There is room for it now: it waits, and its deadline passes.
        assert is_told_to_come_again()
        comes_to("holder, 1 waiting")
        get(port, "/-/free")
        assert rest_of(holder).endswith(b"holder")
        assert rest_of(patient).endswith(b"patient")
    comes_to("holder patient, 0 waiting")
