"""W3C Trace Context, level 1."""

import pytest
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from service.hooks.current import outgoing_trace_headers
from service.hooks.tracing import Trace, parse_trace
from tests.unit.service.hooks.conftest import ClientOf

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SENT = f"00-{TRACE}-{PARENT}-01"


def parse(traceparent: str, tracestate: str | None = None) -> Trace | None:
    state = None if tracestate is None else tracestate.encode()
    return parse_trace(traceparent.encode(), state)


def test_without_a_header_there_is_no_trace() -> None:
    assert parse_trace(None, b"vendor=1") is None


def test_a_trace_is_passed_on_as_it_came() -> None:
    trace = parse(SENT, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")
    assert trace is not None
    assert trace.id == TRACE
    assert trace.headers() == {
        "traceparent": SENT,
        "tracestate": "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
    }


@pytest.mark.parametrize(
    "flags,passed_on", [("00", "00"), ("01", "01"), ("02", "00"), ("ff", "01")]
)
def test_flags_that_nobody_knows_are_cleared(flags: str, passed_on: str) -> None:
    trace = parse(f"00-{TRACE}-{PARENT}-{flags}")
    assert trace is not None
    assert trace.headers() == {"traceparent": f"00-{TRACE}-{PARENT}-{passed_on}"}


@pytest.mark.parametrize("more", ["", "-", "-what-may-come", "-" + "x" * 10_000])
def test_of_a_later_version_what_is_known_is_read(more: str) -> None:
    trace = parse(f"cc-{TRACE}-{PARENT}-01{more}")
    assert trace is not None
    assert trace.headers() == {"traceparent": SENT}


@pytest.mark.parametrize(
    "sent",
    [
        "",
        TRACE,
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01-",
        f"00-{TRACE}-{PARENT}-01-more",
        f"cc-{TRACE}-{PARENT}-01more",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-1",
        f"0-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{TRACE[1:]}-{PARENT}-01",
        f"00-{TRACE}g-{PARENT}-01",
        f" {SENT}",
        f"{SENT}\n",
        f"{SENT},{SENT}",
        "x" * 10_000,
        f"\u0660\u0660-{TRACE}-{PARENT}-01",
    ],
)
def test_what_is_invalid_is_ignored_with_its_state(sent: str) -> None:
    assert parse(sent, "vendor=1") is None


@pytest.mark.parametrize("state", ["", "x=" + "y" * 511, "x=\n", "x=é", "x=\x00"])
def test_a_state_that_cannot_be_passed_on_is_left_out(state: str) -> None:
    trace = parse(SENT, state)
    assert trace is not None
    assert trace.headers() == {"traceparent": SENT}


@pytest.mark.parametrize("sent,passed_on", [(SENT, {"traceparent": SENT}), ("invalid", {})])
async def test_a_view_passes_on_the_trace_of_its_request(
    flask_app: Flask, client_of: ClientOf, sent: str, passed_on: dict[str, str]
) -> None:
    @flask_app.get("/")
    async def call() -> ResponseReturnValue:
        return jsonify(outgoing_trace_headers())

    async with client_of() as client:
        answer = await client.get("/", headers={"traceparent": sent})

    assert answer.json() == passed_on
    assert outgoing_trace_headers() == {}
