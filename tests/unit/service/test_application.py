"""The application as a whole."""

import asyncio

import httpx
import pytest

from domain.errors import StoreUnavailable
from service.application import create_app
from service.asgi import FlaskToAsgi
from service.asgi.testing import AsyncTestClient
from service.hooks import Envelope
from service.settings import load_settings
from tests.unit.fakes import Fakes, details_of, raising


def client_of(fakes: Fakes, **environ: str) -> AsyncTestClient:
    settings = load_settings({"FLASK_CONFIG": "testing", **environ}, dotenv=None)
    application = Envelope(FlaskToAsgi(create_app(settings, fakes.use_cases())), settings)
    return AsyncTestClient(application, headers=fakes.headers())


@pytest.mark.parametrize("debug", ["0", "1"])
async def test_a_bug_is_a_problem_that_tells_nothing_internal(
    fakes: Fakes, debug: str, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.unit_of_work.after_read = raising(LookupError("hunter2"))

    async with client_of(fakes, FLASK_DEBUG=debug) as client:
        response = await client.get("/v1/authors")

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "hunter2" not in response.text
    assert "hunter2" in caplog.text


async def test_a_body_may_be_as_long_as_the_setting_says_and_no_longer(
    fakes: Fakes,
) -> None:
    headers = {"Content-Type": "application/json"}
    body = b'{"name": "x"}'

    async with client_of(fakes, FLASK_MAX_BODY_SIZE=str(len(body))) as client:
        fitting = await client.post("/v1/authors", content=body, headers=headers)
        too_long = await client.post("/v1/authors", content=body + b" ", headers=headers)

    assert (fitting.status_code, too_long.status_code) == (201, 413)


async def test_each_application_has_the_use_cases_that_it_was_given() -> None:
    first, second = Fakes(), Fakes()
    await first.use_cases().catalogue.create_author(details_of())

    async with client_of(first) as one, client_of(second) as other:
        counts = [len((await c.get("/v1/authors")).json()["items"]) for c in (one, other)]

    assert counts == [1, 0]


async def test_changes_at_once_are_all_made(fakes: Fakes, client: httpx.AsyncClient) -> None:
    path = (await client.post("/v1/authors", json={"name": "x"})).headers["location"]

    responses = await asyncio.gather(
        *(client.patch(path, json={"biography": str(number)}) for number in range(20))
    )

    assert sorted(response.json()["version"] for response in responses) == list(range(2, 22))
    assert len(await fakes.pending()) == 21


async def test_a_change_whose_store_is_away_is_refused_and_not_made(
    fakes: Fakes, client: httpx.AsyncClient
) -> None:
    path = (await client.post("/v1/authors", json={"name": "x"})).headers["location"]
    before = await fakes.state()
    fakes.unit_of_work.before_commit = raising(StoreUnavailable("MySQL", "gone", retry_after=3))

    for response in (
        await client.post("/v1/authors", json={"name": "y"}),
        await client.put(path, json={"name": "y"}),
        await client.patch(path, json={"name": "y"}),
        await client.delete(path),
    ):
        assert response.status_code == 503
        assert response.headers["retry-after"] == "3"

    assert await fakes.state() == before
