import asyncio

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from service.asgi import FlaskToAsgi
from service.asgi.admission import Admission
from tests.unit.service.asgi.client import exchange


async def test_what_is_too_much_is_shed_and_the_rest_waits(flask_app: Flask) -> None:
    bridge = FlaskToAsgi(flask_app, max_in_flight=2, max_queued=3)
    release, inside = asyncio.Event(), list[int]()
    most: list[int] = []

    @flask_app.get("/")
    async def view() -> str:
        inside.append(1)
        most.append(len(inside))
        await release.wait()
        inside.pop()
        return "served"

    @flask_app.errorhandler(HTTPException)
    def handle(error: HTTPException) -> HTTPException:
        shed.append(error.name)
        release.set()
        return error

    shed: list[str] = []
    answers = await asyncio.gather(*(exchange(bridge) for _ in range(7)))
    assert sorted(answer.status for answer in answers) == [200] * 5 + [503] * 2
    assert {answer.headers.get(b"retry-after") for answer in answers} == {None, b"1"}
    assert shed == ["Service Unavailable"] * 2
    assert max(most) == 2


async def test_who_leaves_the_queue_takes_nobodys_place() -> None:
    admission = Admission(limit=1, queue=2)
    assert admission.is_free()
    assert not admission.is_free()
    impatient, patient = (asyncio.create_task(admission.wait()) for _ in range(2))
    await asyncio.sleep(0)
    with pytest.raises(ServiceUnavailable):
        await admission.wait()
    impatient.cancel()
    await asyncio.wait([impatient])
    admission.leave()
    await patient
    admission.leave()
    assert admission.is_free()


async def test_a_place_given_to_one_who_leaves_at_once_is_given_on() -> None:
    admission = Admission(limit=1, queue=2)
    assert admission.is_free()
    impatient, patient = (asyncio.create_task(admission.wait()) for _ in range(2))
    await asyncio.sleep(0)
    admission.leave()
    impatient.cancel()
    await patient
    assert impatient.cancelled()
