"""Bad requests over a real connection: each is refused, and changes nothing."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.acceptance.clients import async_client_of, created, items
from tests.acceptance.deployments import EMBEDDED, ON_SERVERS, Deployment
from tests.acceptance.outbox import wait_until_delivered
from tests.bad_requests import BAD_REQUESTS, BadRequest

pytestmark = pytest.mark.parametrize(
    "deployment", [EMBEDDED, ON_SERVERS], indirect=True, scope="module"
)


@pytest.fixture(scope="module")
def author_id(deployment: Deployment) -> str:
    """An author that is there, its event delivered."""
    author = created(deployment.client, name="Ann", biography="…", bornOn="1970-11-27")
    wait_until_delivered(deployment.settings)
    return str(author["id"])


@pytest.fixture(scope="module")
def before(deployment: Deployment, author_id: str) -> list[object]:
    """What there is before the bad requests."""
    return state_of(deployment)


@pytest.fixture
async def client(deployment: Deployment) -> AsyncIterator[httpx.AsyncClient]:
    async with async_client_of(deployment.servers[0]) as client:
        yield client


def state_of(deployment: Deployment) -> list[object]:
    """Give all that a request could change."""
    client = deployment.client
    configuration = client.get("/v1/configuration").json()
    return [items(client, "/v1/authors"), items(client, "/v1/activity"), configuration]


@pytest.mark.parametrize("bad_request", BAD_REQUESTS)
async def test_a_bad_request_is_refused_and_changes_nothing(
    bad_request: BadRequest,
    client: httpx.AsyncClient,
    deployment: Deployment,
    author_id: str,
    before: list[object],
) -> None:
    bad_request.check(await bad_request.send(client, author_id))
    assert state_of(deployment) == before
