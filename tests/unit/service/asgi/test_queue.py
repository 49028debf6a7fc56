"""A request that waits for its place: it is watched as one that is served."""

import asyncio
import math
import threading
from dataclasses import dataclass, field
from functools import partial

import pytest
from flask import Flask, request

from service.asgi import FlaskToAsgi, served
from tests.unit.service.asgi.client import END_OF_BODY, GONE, Caller, exchange

pytestmark = pytest.mark.usefixtures("each_way")


@dataclass
class Place:
    """What the views of a bridge with one place, and room for one more request, do with it."""

    bridge: FlaskToAsgi
    free: asyncio.Event = field(default_factory=asyncio.Event)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    takers: list[str] = field(default_factory=list)

    async def hold(self) -> str:
        self.takers.append(request.path)
        self.taken.set()
        await self.free.wait()
        return "served"

    async def be_taken(self) -> Caller:
        caller = Caller(self.bridge, path="/holder")
        await self.taken.wait()
        return caller


@pytest.fixture
def place(flask_app: Flask) -> Place:
    bridge = FlaskToAsgi(flask_app, deadline=math.inf, max_in_flight=1, max_queued=1)
    place = Place(bridge)

    @flask_app.get("/holder")
    @flask_app.get("/patient")
    async def patient() -> str:
        return await place.hold()

    @flask_app.get("/hasty")
    @served(deadline=0.1)
    async def hasty() -> str:
        return await place.hold()

    @flask_app.get("/calm")
    @served(deadline=1)
    async def calm() -> str:
        return await place.hold()

    @flask_app.get("/thorough")
    @served(to_its_end=True)
    async def thorough() -> str:
        return await place.hold()

    return place


@pytest.mark.parametrize("path", ["/patient", "/thorough"])
async def test_who_goes_away_leaves_the_queue(place: Place, path: str) -> None:
    holder, leaver = await place.be_taken(), Caller(place.bridge, path=path)
    await leaver.says(END_OF_BODY, GONE)
    assert (await leaver.ends()).sent == []
    successor = Caller(place.bridge, path="/patient")
    place.free.set()
    assert [(await caller.ends()).status for caller in (holder, successor)] == [200, 200]
    assert place.takers == ["/holder", "/patient"]


async def test_who_waits_past_its_deadline_is_told_to_come_again(place: Place) -> None:
    holder = await place.be_taken()
    late = await exchange(place.bridge, path="/hasty")
    assert (late.status, late.headers[b"retry-after"]) == (503, b"1")
    place.free.set()
    assert (await holder.ends()).status == 200
    assert place.takers == ["/holder"]


async def test_the_deadline_counts_from_the_arrival(place: Place) -> None:
    holder, late = await place.be_taken(), Caller(place.bridge, path="/calm")
    await late.says(END_OF_BODY)
    await late.is_heard()
    holder.task.cancel()
    answer = await late.ends()
    assert answer.status == 503
    # What has begun may have had its effect, and is not told to come again.
    assert b"retry-after" not in answer.headers
    assert place.takers == ["/holder", "/calm"]


async def test_what_began_after_a_wait_may_run_to_its_end(place: Place) -> None:
    holder, thorough = await place.be_taken(), Caller(place.bridge, path="/thorough")
    await thorough.says(END_OF_BODY)
    await thorough.is_heard()
    place.taken.clear()
    holder.task.cancel()
    await place.taken.wait()
    await thorough.says(GONE)
    await thorough.is_heard()
    place.free.set()
    assert (await thorough.ends()).body == b"served"


async def test_who_is_refused_while_others_wait_is_answered_once(
    flask_app: Flask, place: Place
) -> None:
    @flask_app.errorhandler(503)
    async def handle(_: Exception) -> tuple[str, int]:
        refusing.set()
        await asyncio.sleep(0.2)
        return "handled", 503

    refusing = asyncio.Event()
    holder, waiting = await place.be_taken(), Caller(place.bridge, path="/patient")
    refused = Caller(place.bridge, path="/hasty")
    await refusing.wait()
    place.free.set()
    for caller in (holder, waiting):
        assert (await caller.ends()).status == 200
    answer = await refused.ends()
    assert (answer.body, len(answer.sent)) == (b"handled", 2)


async def test_who_goes_away_or_is_late_before_a_thread_is_free_is_not_served(
    flask_app: Flask,
) -> None:
    bridge = FlaskToAsgi(flask_app, sync_workers=1)
    taken, free, begun = threading.Event(), threading.Event(), list[str]()

    def hold(name: str) -> str:
        begun.append(name)
        taken.set()
        free.wait(timeout=10)
        return name

    flask_app.add_url_rule("/<name>", view_func=hold)
    flask_app.add_url_rule("/hasty/<name>", "hasty", served(deadline=0.1)(partial(hold)))
    holder = Caller(bridge, path="/holder")
    await asyncio.to_thread(taken.wait, 10)
    leaver = Caller(bridge, path="/leaver")
    await leaver.says(END_OF_BODY, GONE)
    assert (await leaver.ends()).sent == []
    assert (await exchange(bridge, path="/hasty/late")).status == 503
    free.set()
    successor = await exchange(bridge, path="/successor")
    assert ((await holder.ends()).body, successor.body) == (b"holder", b"successor")
    assert begun == ["holder", "successor"]
