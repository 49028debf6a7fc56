"""A client's day with authors, in each way of running the project."""

import pytest

from tests.acceptance.clients import created, items, pages
from tests.acceptance.deployments import (
    EMBEDDED,
    ON_SERVERS,
    TWO_PROCESSES,
    TWO_WORKERS,
    Deployment,
)
from tests.acceptance.polling import until

pytestmark = pytest.mark.parametrize(
    "deployment",
    [EMBEDDED, ON_SERVERS, TWO_PROCESSES, TWO_WORKERS],
    indirect=True,
    scope="module",
)

DETAILS = {
    "name": "한강 🖋",
    "biography": "Wrote The Vegetarian.\nAnd more.",
    "bornOn": "1970-11-27",
    "diedOn": None,
}


def test_a_created_author_is_where_its_location_says(deployment: Deployment) -> None:
    answer = deployment.client.post("/v1/authors", json=DETAILS)
    author = answer.json()
    assert answer.status_code == 201
    assert author.items() >= {**DETAILS, "version": 1}.items()
    assert author["createdAt"] == author["updatedAt"]
    assert answer.headers["Location"] == f"/v1/authors/{author['id']}"
    for _ in range(4):
        read = deployment.client.get(answer.headers["Location"])
        assert (read.status_code, read.json()) == (200, author)


def test_a_list_is_read_page_by_page(deployment: Deployment) -> None:
    authors = [created(deployment.client, name=f"Author {number}") for number in range(5)]
    read = list(pages(deployment.client, "/v1/authors", limit=2))
    assert {len(page) for page in read[:-1]} == {2}
    assert [author for page in read for author in page][-5:] == authors


def test_put_replaces_all_details(deployment: Deployment) -> None:
    author = created(deployment.client, **DETAILS)
    answer = deployment.client.put(f"/v1/authors/{author['id']}", json={"name": "Han Kang"})
    replaced = answer.json()
    assert answer.status_code == 200
    assert (replaced["name"], replaced["biography"], replaced["bornOn"]) == ("Han Kang", None, None)
    assert (replaced["version"], replaced["createdAt"]) == (2, author["createdAt"])
    assert replaced["updatedAt"] > author["updatedAt"]


def test_patch_changes_the_details_that_it_names(deployment: Deployment) -> None:
    author = created(deployment.client, **DETAILS)
    path, change = f"/v1/authors/{author['id']}", {"biography": None, "diedOn": "2070-01-01"}
    patched = deployment.client.patch(path, json=change).json()
    assert patched == {**author, **change, "version": 2, "updatedAt": patched["updatedAt"]}
    assert deployment.client.patch(path, json=change).json() == patched


def test_a_read_shows_the_last_change_at_once(deployment: Deployment) -> None:
    path = f"/v1/authors/{created(deployment.client)['id']}"
    for number in range(10):
        changed = deployment.client.patch(path, json={"name": f"Ann {number}"}).json()
        assert [deployment.client.get(path).json() for _ in range(3)] == [changed] * 3


def test_a_deleted_author_is_gone(deployment: Deployment) -> None:
    client, author = deployment.client, created(deployment.client)
    path = f"/v1/authors/{author['id']}"
    assert client.get(path).json() == author
    assert client.delete(path).status_code == 204
    for answer in (client.get(path), client.get(path), client.delete(path)):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-found"
    assert author not in items(client, "/v1/authors")


def test_the_activity_tells_of_each_change(deployment: Deployment) -> None:
    client = deployment.client
    author = created(client, name="Ann")
    path = f"/v1/authors/{author['id']}"
    client.put(path, json={"name": "Bea"})
    client.patch(path, json={"biography": "…", "bornOn": "1970-11-27"})
    client.patch(path, json={"biography": "…"})
    client.delete(path)

    def told(**query: str) -> list[tuple[str, object]]:
        events = items(client, "/v1/activity", subject=author["id"], **query)
        return [(event["kind"], event["details"]) for event in events]

    until(lambda: len(told()) >= 4, "the events arrive")
    assert told() == [
        ("author.deleted", {"name": "Bea", "version": 3}),
        ("author.changed", {"fields": ["biography", "bornOn"], "version": 3}),
        ("author.changed", {"fields": ["name"], "version": 2}),
        ("author.created", {"name": "Ann", "version": 1}),
    ]
    assert [kind for kind, _ in told(kind="author.changed")] == ["author.changed"] * 2
    by_one = pages(client, "/v1/activity", subject=author["id"], limit=1)
    assert [len(page) for page in by_one] == [1, 1, 1, 1]


def test_the_configuration_holds_everywhere(deployment: Deployment) -> None:
    client, path = deployment.client, "/v1/configuration"
    for _ in range(3):
        created(client)
    change = {"defaultPageSize": 2, "maintenanceNotice": "Back at noon."}
    before = client.get(path).json()
    changed = client.patch(path, json=change).json()
    assert changed == {**before, **change, "version": before["version"] + 1}
    # Each process keeps what it knew for two seconds.
    until(lambda: [client.get(path).json() for _ in range(8)] == [changed] * 8, "all know it")
    until(lambda: len(client.get("/v1/authors").json()["items"]) == 2, "pages have its size")
    client.patch(path, json={"defaultPageSize": 20, "maintenanceNotice": None})
