"""Each bad request gets a problem that names what is wrong, and changes nothing."""

import httpx
import pytest

from service.use_cases import UseCases
from tests.bad_requests import BAD_REQUESTS, BadRequest
from tests.unit.fakes import Fakes, details_of


@pytest.fixture
async def author_id(use_cases: UseCases) -> str:
    author = await use_cases.catalogue.create_author(details_of())
    await use_cases.relay.deliver_batch()
    await use_cases.configuration.change({"default_page_size": 7})
    return str(author.id)


@pytest.mark.parametrize("bad_request", BAD_REQUESTS)
async def test_a_bad_request_is_told_what_is_wrong_and_changes_nothing(
    fakes: Fakes, client: httpx.AsyncClient, author_id: str, bad_request: BadRequest
) -> None:
    before = await fakes.state()

    response = await bad_request.send(client, author_id)

    bad_request.check(response)
    assert await fakes.state() == before


async def test_bad_requests_do_not_keep_the_service_from_the_good_ones(
    client: httpx.AsyncClient, author_id: str
) -> None:
    for parameters in BAD_REQUESTS:
        (bad_request,) = parameters.values
        await bad_request.send(client, author_id)

    response = await client.post("/v1/authors", json={"name": "Han Kang"})

    assert response.status_code == 201
    assert (await client.get(response.headers["location"])).json() == response.json()


def test_no_two_bad_requests_have_one_name() -> None:
    names = [parameters.id for parameters in BAD_REQUESTS]

    assert len(set(names)) == len(names)
