import asyncio
import math
from collections.abc import Callable

import pytest
from asgiref.typing import ASGIReceiveEvent
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from service.asgi import FlaskToAsgi, served
from tests.unit.service.asgi.client import Exchange, exchange, http_scope

pytestmark = pytest.mark.usefixtures("each_way")

HOST = (b"host", b"example.org")


@pytest.fixture
def answering(flask_app: Flask) -> Flask:
    flask_app.register_error_handler(
        HTTPException, lambda error: (f"problem {error.code}", error.code)
    )
    flask_app.add_url_rule("/", view_func=lambda: "unread", methods=["GET", "POST"])
    return flask_app


@pytest.mark.parametrize(
    "headers",
    [[HOST] * 6, [HOST, (b"x-long", b"x" * 1000)]],
    ids=["too many", "too long"],
)
async def test_headers_have_a_limit(answering: Flask, headers: list[tuple[bytes, bytes]]) -> None:
    bridge = FlaskToAsgi(answering, max_header_count=5, max_header_size=1000)
    answer = await exchange(bridge, headers=headers)
    assert (answer.status, answer.body) == (431, b"problem 431")
    assert (await exchange(bridge, headers=[HOST] * 5)).status == 200


@pytest.mark.parametrize("length,status", [(b"7", 200), (b"8", 413), (b"x", 200)])
async def test_a_body_too_long_is_refused_though_no_view_reads_it(
    answering: Flask, length: bytes, status: int
) -> None:
    answering.config["MAX_CONTENT_LENGTH"] = 7
    client = Exchange(
        FlaskToAsgi(answering),
        http_scope("POST", headers=[HOST, (b"content-length", length)]),
        [b"12345678"],
    )
    assert (await client.run()).status == status
    assert client.unasked == 1


@pytest.mark.parametrize(
    "headers", [[(b"content-length", b"8")], [(b"transfer-encoding", b"chunked")]]
)
@pytest.mark.parametrize("limit,status", [(8, 200), (7, 413)])
async def test_a_view_may_declare_a_limit_of_its_own(
    answering: Flask, headers: list[tuple[bytes, bytes]], limit: int, status: int
) -> None:
    @answering.post("/own")
    @served(max_body_size=limit)
    async def view() -> bytes:
        return request.get_data()

    answering.config["MAX_CONTENT_LENGTH"] = 1 if status == 200 else 1000
    bridge = FlaskToAsgi(answering)
    answer = await exchange(bridge, "POST", "/own", [b"12345678"], headers=headers)
    assert answer.status == status


@pytest.mark.parametrize("to_view", [lambda view: view, served(body_deadline=0.01)])
async def test_a_body_that_stalls_or_trickles_gets_408(
    answering: Flask, to_view: Callable[..., Callable[[], object]]
) -> None:
    async def view() -> bytes:
        return request.get_data()

    async def trickle() -> ASGIReceiveEvent:
        await asyncio.sleep(0.001)
        return {"type": "http.request", "body": b"x", "more_body": True}

    answering.add_url_rule("/read", "read", to_view(view), methods=["POST"])
    default = 0.01 if to_view(view) is view and not hasattr(view, "__served__") else math.inf
    client = Exchange(FlaskToAsgi(answering, body_deadline=default), http_scope("POST", "/read"))
    client.receive = trickle
    async with asyncio.timeout(10):
        await client.run()
    assert (client.status, client.body) == (408, b"problem 408")


@pytest.mark.parametrize(
    "hops,seen", [(0, "http example.org 192.0.2.7"), (1, "https public.example 198.51.100.1")]
)
async def test_only_trusted_proxies_are_believed(flask_app: Flask, hops: int, seen: str) -> None:
    @flask_app.get("/")
    async def view() -> str:
        return f"{request.scheme} {request.host} {request.remote_addr}"

    headers = [
        HOST,
        (b"x-forwarded-for", b"203.0.113.9, 198.51.100.1"),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", b"public.example"),
    ]
    bridge = FlaskToAsgi(flask_app, trusted_proxies=hops)
    answer = await exchange(bridge, headers=headers)
    assert answer.body.decode() == seen


async def test_hop_by_hop_headers_are_left_out(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    @flask_app.get("/")
    async def view() -> Response:
        headers = {"Connection": "close", "Keep-Alive": "1", "Transfer-Encoding": "chunked"}
        return Response("x", headers=headers | {"X-Kept": "1"})

    assert set((await exchange(bridge)).headers) == {b"content-type", b"content-length", b"x-kept"}
