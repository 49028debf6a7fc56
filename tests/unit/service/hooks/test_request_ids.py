"""The id by which one request is found in answers and logs."""

import logging
import re

import pytest
from flask import Flask, abort

from service.hooks.current import current_request
from service.hooks.request_ids import request_id
from service.logs import _name_request
from tests.unit.service.hooks.conftest import ClientOf

MADE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.mark.parametrize(
    "sent",
    [
        b"x",
        b"01a1fd56-198f-729e-aa9c-5305ede5de3d",
        b"1-67891233-abcdef012345678912345678",
        b"Root=1-67891233",
        b"aGVsbG8+/w==",
        b"a" * 128,
    ],
)
def test_a_well_formed_id_is_taken(sent: bytes) -> None:
    assert request_id(sent) == sent.decode()


@pytest.mark.parametrize(
    "sent",
    [
        None,
        b"",
        b"a" * 129,
        b"a" * 10_000,
        b"two ids",
        b"a,b",
        b"a\nINFO forged: line",
        b"a\r\nset-cookie: x=1",
        b"trailing\n",
        b"a\x00",
        b"a\x1b[31m",
        "ünïcode".encode(),
        b"\xff\xfe",
        b'"quoted"',
        b"<script>",
        b"[x]",
        b"%0a",
    ],
)
def test_any_other_is_replaced(sent: bytes | None) -> None:
    assert MADE.fullmatch(request_id(sent))


def test_no_two_are_alike() -> None:
    assert len({request_id(None) for _ in range(1000)}) == 1000


async def test_the_answer_has_the_id_that_was_sent(client_of: ClientOf) -> None:
    async with client_of() as client:
        answer = await client.get("/", headers={"X-Request-ID": "mine-7"})

    assert answer.headers.get_list("x-request-id") == ["mine-7"]
    assert answer.json()["requestId"] == "mine-7"


async def test_of_two_ids_none_is_taken(client_of: ClientOf) -> None:
    headers = [("X-Request-ID", "one"), ("X-Request-ID", "other")]
    async with client_of() as client:
        answer = await client.get("/", headers=headers)

    assert MADE.fullmatch(answer.headers["x-request-id"])
    assert answer.json()["requestId"] == answer.headers["x-request-id"]


async def test_a_problem_of_a_known_error_has_it_too(flask_app: Flask, client_of: ClientOf) -> None:
    @flask_app.get("/")
    async def fail() -> str:
        abort(410)

    async with client_of() as client:
        answer = await client.get("/")

    assert answer.json()["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_each_line_that_a_request_logs_is_named_by_its_id(
    flask_app: Flask,
    client_of: ClientOf,
    kind: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def log() -> str:
        logging.getLogger("domain").warning("inside")
        return ""

    async def log_async() -> str:
        return log()

    flask_app.add_url_rule("/", "log", log_async if kind == "async" else log)
    caplog.handler.addFilter(_name_request)
    trace = f"00-{'ab' * 16}-{'cd' * 8}-01"

    async with client_of() as client:
        await client.get("/", headers={"X-Request-ID": "one"})
        await client.get("/", headers={"X-Request-ID": "two", "traceparent": trace})
    logging.getLogger("domain").warning("outside")

    assert [record.request for record in caplog.records] == [
        " [one]",
        f" [two trace {'ab' * 16}]",
        "",
    ]


async def test_after_a_request_there_is_no_current_one(client_of: ClientOf) -> None:
    async with client_of() as client:
        await client.get("/")

    assert current_request.get() is None


async def test_a_bug_is_logged_under_the_id_of_its_answer(
    flask_app: Flask, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    @flask_app.get("/")
    async def fail() -> str:
        raise LookupError("a bug")

    caplog.handler.addFilter(_name_request)
    async with client_of() as client:
        answer = await client.get("/")

    (record,) = caplog.records
    assert record.request == f" [{answer.json()['requestId']}]"
