"""Many clients that change the same thing at the same time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

import httpx
import pytest

from tests.acceptance.clients import client_of, created, items
from tests.acceptance.deployments import EMBEDDED, TWO_PROCESSES, Deployment
from tests.acceptance.outbox import wait_until_delivered

pytestmark = pytest.mark.parametrize(
    "deployment", [EMBEDDED, TWO_PROCESSES], indirect=True, scope="module"
)

Argument = TypeVar("Argument")
Result = TypeVar("Result")

# Each changes one of the four details, to a value that no other gives it.
CHANGES = [
    change
    for number in range(1, 6)
    for change in (
        {"name": f"Ann {number}"},
        {"biography": f"Edition {number}."},
        {"bornOn": f"197{number}-01-01"},
        {"diedOn": f"205{number}-01-01"},
    )
]


def all_at_once(call: Callable[[Argument], Result], arguments: Iterable[Argument]) -> list[Result]:
    """Call for each argument in a thread of its own."""
    with ThreadPoolExecutor(max_workers=64) as threads:
        return list(threads.map(call, arguments))


def test_no_change_of_an_author_is_lost(deployment: Deployment) -> None:
    client = deployment.client
    author = created(client)["id"]
    path = f"/v1/authors/{author}"

    def change_and_read(change: dict[str, str]) -> httpx.Response:
        answer = client.patch(path, json=change)
        assert client.get(path).json()["version"] >= answer.json().get("version", 0)
        return answer

    answers = all_at_once(change_and_read, CHANGES)
    assert [answer.status_code for answer in answers] == [200] * len(CHANGES)
    change_of = {
        answer.json()["version"]: change for answer, change in zip(answers, CHANGES, strict=True)
    }
    assert sorted(change_of) == list(range(2, 22))
    last = {
        field: text for _, change in sorted(change_of.items()) for field, text in change.items()
    }
    for _ in deployment.servers:
        assert client.get(path).json().items() >= {**last, "version": 21}.items()

    wait_until_delivered(deployment.settings)
    told = items(client, "/v1/activity", subject=author, kind="author.changed")
    assert sorted((event["details"]["version"], *event["details"]["fields"]) for event in told) == [
        (version, *change) for version, change in sorted(change_of.items())
    ]


def test_an_author_is_deleted_once(deployment: Deployment) -> None:
    client = deployment.client
    author = created(client)
    path = f"/v1/authors/{author['id']}"
    answers = all_at_once(lambda _: client.delete(path).status_code, range(10))
    assert sorted(answers) == [204] + [404] * 9

    wait_until_delivered(deployment.settings)
    told = items(client, "/v1/activity", subject=author["id"])
    assert [event["kind"] for event in told] == ["author.deleted", "author.created"]


def test_no_change_of_the_configuration_is_lost(deployment: Deployment) -> None:
    client, path = deployment.client, "/v1/configuration"
    changes = [{"defaultPageSize": size} for size in range(31, 41)]
    answers = all_at_once(lambda change: client.patch(path, json=change), changes)
    made = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert {answer.json()["type"] for answer in refused} <= {"/problems/conflict"}
    assert sorted(answer.json()["version"] for answer in made) == list(range(1, len(made) + 1))
    client.patch(path, json={"defaultPageSize": 20})


def test_fifty_posts_with_one_key_make_one_author(deployment: Deployment) -> None:
    client = deployment.client
    key = {"Idempotency-Key": f'"{uuid4()}"'}
    before = len(items(client, "/v1/authors"))

    def create(_: int) -> httpx.Response:
        with client_of(*deployment.servers) as own:
            return own.post("/v1/authors", json={"name": "Only one"}, headers=key)

    answers = all_at_once(create, range(50))

    assert {answer.status_code for answer in answers} <= {201, 409}
    made = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in made}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in made) == 1
    assert len(items(client, "/v1/authors")) == before + 1


def test_fifty_increments_by_who_knows_the_version_are_all_there(deployment: Deployment) -> None:
    path = f"/v1/authors/{created(deployment.client, biography='0')['id']}"

    def increment(client: httpx.Client) -> int:
        read = client.get(path)
        change = {"biography": str(int(read.json()["biography"]) + 1)}
        return client.patch(
            path, json=change, headers={"If-Match": read.headers["ETag"]}
        ).status_code

    def increment_once(_: int) -> None:
        # Under so many threads a pool that they share has lent out connections it had closed.
        with client_of(*deployment.servers) as client:
            while (status := increment(client)) == httpx.codes.PRECONDITION_FAILED:
                pass
        assert status == httpx.codes.OK

    all_at_once(increment_once, range(50))

    assert deployment.client.get(path).json().items() >= {"biography": "50", "version": 51}.items()
