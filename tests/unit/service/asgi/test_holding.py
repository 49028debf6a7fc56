import asyncio
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from flask import Flask, Response

from service.asgi import FlaskToAsgi, served
from service.asgi.places import place_in_application
from tests.unit.service.asgi.client import exchange

pytestmark = pytest.mark.usefixtures("each_way")

LIMIT = 0.1
TOO_LONG = 0.3


class Report(logging.Handler):
    """What has been reported, and a way to hold the loop until more is."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._arrived = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self._arrived.set()

    def hold_until_reported(self) -> bool:
        self._arrived.clear()
        return self._arrived.wait(timeout=10)


@pytest.fixture
def report() -> Iterator[Report]:
    report = Report()
    logger = logging.getLogger("service.asgi.holding")
    logger.addHandler(report)
    yield report
    logger.removeHandler(report)


@pytest.fixture
def bridge(flask_app: Flask) -> Iterator[FlaskToAsgi]:
    bridge = FlaskToAsgi(flask_app, slow_callback=LIMIT)
    yield bridge
    assert bridge._detector is not None
    bridge._detector.close()


@pytest.fixture
def sentinel(flask_app: Flask, bridge: FlaskToAsgi, report: Report) -> Callable[..., object]:
    """Give a request that is reported for sure, after all that was there to report before it."""

    @flask_app.get("/sentinel")
    async def sentinel() -> str:
        # No code of this file but the view's: the event's is the standard library's.
        report._arrived.clear()
        return str(report._arrived.wait(timeout=10))

    return partial(exchange, bridge, path="/sentinel")


def line_of(view: Callable[..., object], offset: int) -> str:
    code = view.__code__  # type: ignore[attr-defined]
    return f"{code.co_filename}:{code.co_firstlineno + offset}"


async def test_a_view_that_blocks_is_named_with_its_line_once(
    flask_app: Flask, bridge: FlaskToAsgi, report: Report, sentinel: Callable[..., object]
) -> None:
    @flask_app.get("/")
    async def blocking() -> str:
        time.sleep(TOO_LONG)  # noqa: ASYNC251  # It is what shall be found.
        return "done"

    for _ in range(2):
        assert (await exchange(bridge)).body == b"done"
    await sentinel()
    assert report.lines[0] == (
        f"View 'blocking' held the event loop for more than 100 ms at {line_of(blocking, 2)}"
    )
    assert len(report.lines) == 2
    assert report.lines[1].startswith("View 'sentinel' ")


async def test_the_line_is_the_applications_though_others_code_holds_the_loop(
    flask_app: Flask, bridge: FlaskToAsgi, report: Report
) -> None:
    @flask_app.get("/")
    @served(on_loop=True)
    def view() -> str:
        return str(report.hold_until_reported())

    assert (await exchange(bridge)).body == b"True"
    assert report.lines[0].endswith(line_of(Report.hold_until_reported, 2))


async def test_what_holds_the_loop_after_a_wait_is_found(
    flask_app: Flask, bridge: FlaskToAsgi, report: Report
) -> None:
    @flask_app.get("/")
    async def view() -> str:
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        except TimeoutError:
            return str(report.hold_until_reported())
        return "never"

    assert (await exchange(bridge)).body == b"True"
    assert len(report.lines) == 1


async def test_a_request_without_a_view_is_named_by_its_path(
    flask_app: Flask, bridge: FlaskToAsgi, report: Report
) -> None:
    @flask_app.before_request
    def block() -> None:
        report.hold_until_reported()

    assert (await exchange(bridge, path="/nothing")).status == 404
    assert report.lines[0].startswith("GET '/nothing' held the event loop")


async def test_a_view_that_waits_is_not_named(
    flask_app: Flask, bridge: FlaskToAsgi, report: Report, sentinel: Callable[..., object]
) -> None:
    @flask_app.get("/")
    async def waiting() -> str:
        await asyncio.sleep(TOO_LONG)
        return "done"

    await exchange(bridge)
    await sentinel()
    assert [line.split()[1] for line in report.lines] == ["'sentinel'"]


async def test_a_view_in_the_pool_is_not_named(
    flask_app: Flask, bridge: FlaskToAsgi, report: Report, sentinel: Callable[..., object]
) -> None:
    @flask_app.get("/")
    def threaded() -> str:
        time.sleep(TOO_LONG)
        return "done"

    await exchange(bridge)
    await sentinel()
    assert [line.split()[1] for line in report.lines] == ["'sentinel'"]


async def test_cancellation_reaches_a_view_that_is_watched(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    waiting, steps = asyncio.Event(), list[str]()

    @flask_app.get("/")
    async def view() -> str:
        waiting.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            steps.append("cancelled")
            raise
        return "never"

    task = asyncio.create_task(exchange(bridge))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["cancelled"]


async def test_its_thread_ends_with_the_lifespan_and_starts_again(
    flask_app: Flask, bridge: FlaskToAsgi, report: Report, sentinel: Callable[..., object]
) -> None:
    assert bridge._detector is not None
    await exchange(bridge)
    first = bridge._detector._thread
    assert first is not None
    bridge._detector.close()
    await asyncio.to_thread(first.join, 10)
    assert not first.is_alive()
    await sentinel()
    assert len(report.lines) == 1


def test_without_the_setting_there_is_no_detector(flask_app: Flask) -> None:
    assert FlaskToAsgi(flask_app)._detector is None


def test_where_nothing_is_the_applications_the_innermost_place_is_given() -> None:
    released = threading.Event()
    thread = threading.Thread(target=released.wait, args=(10,))
    thread.start()
    assert thread.ident is not None
    place = place_in_application(sys._current_frames()[thread.ident])
    released.set()
    thread.join()
    assert place.filename == threading.__file__


async def test_code_around_the_bridge_is_not_the_applications(
    flask_app: Flask, bridge: FlaskToAsgi, report: Report
) -> None:
    flask_app.add_url_rule("/", "builtin", served(on_loop=True)(partial(report._arrived.wait, 10)))
    flask_app.make_response = lambda _: Response("done")  # type: ignore[method-assign]
    await exchange(bridge)
    assert threading.__file__ in report.lines[0]
