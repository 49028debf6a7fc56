"""HTTP clients of the project's own API."""

import ssl
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

import httpx

from tests.acceptance.administrators import authorization
from tests.acceptance.server import Hypercorn
from tests.bad_requests import WHICHEVER_VERSION

# To load the certificates of authorities, which nobody here needs, takes longer than most requests.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

# Every answer comes within so many seconds, whatever is away.
LONGEST_ANSWER = 5.0


class Alternating(httpx.BaseTransport):
    """Sends each request to the next of some servers, on a connection of its own.

    So the workers behind one port take turns too, as the system sees fit.
    """

    def __init__(self, servers: Sequence[Hypercorn]) -> None:
        self._ports = cycle([server.port for server in servers])
        self._transport = httpx.HTTPTransport(
            verify=NO_CERTIFICATES, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(port=next(self._ports))
        return self._transport.handle_request(request)

    def close(self) -> None:
        self._transport.close()


def client_of(*servers: Hypercorn) -> httpx.Client:
    """Make an administrator's client, whose requests take turns on the servers."""
    return httpx.Client(
        base_url="http://127.0.0.1",
        transport=Alternating(servers),
        timeout=LONGEST_ANSWER,
        headers={**WHICHEVER_VERSION, **authorization(servers[0].environment)},
    )


def async_client_of(server: Hypercorn) -> httpx.AsyncClient:
    """Make an administrator's client of one server."""
    return httpx.AsyncClient(
        base_url=server.uri,
        verify=NO_CERTIFICATES,
        timeout=LONGEST_ANSWER,
        headers={**WHICHEVER_VERSION, **authorization(server.environment)},
    )


def created(client: httpx.Client, **fields: object) -> Any:  # noqa: ANN401 - JSON.
    """Create an author, and give it as it was answered."""
    answer = client.post("/v1/authors", json={"name": "Ann", **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def pages(client: httpx.Client, path: str, **query: str | int) -> Iterator[Any]:
    """Walk through a list by its cursors."""
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(path, params={**query, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield page["items"]
        if page["nextCursor"] is None:
            return
        cursor = {"cursor": page["nextCursor"]}


def items(client: httpx.Client, path: str, **query: str) -> list[Any]:
    """Give a whole list."""
    return [item for page in pages(client, path, limit=100, **query) for item in page]


def told_versions(client: httpx.Client) -> dict[str, list[int]]:
    """Give the versions of each author of which the activity log tells, in rising order."""
    versions = defaultdict(list)
    for event in items(client, "/v1/activity"):
        if event["kind"] != "author.deleted":
            versions[event["subject"]].append(event["details"]["version"])
    return {author: sorted(told) for author, told in versions.items()}


def check_told_once(client: httpx.Client) -> None:
    """Check that the activity log tells of each version of each author once."""
    told = told_versions(client)
    authors = items(client, "/v1/authors")
    versions = {author["id"]: list(range(1, author["version"] + 1)) for author in authors}
    assert {author: told.get(author) for author in versions} == versions
