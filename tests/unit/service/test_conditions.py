"""Conditional requests (RFC 9110, 13): what a client knows, and what it may change."""

import httpx
import pytest

AUTHORS = "/v1/authors"


@pytest.fixture
async def created(client: httpx.AsyncClient) -> httpx.Response:
    answer = await client.post(AUTHORS, json={"name": "Yi Sang"})
    assert answer.status_code == 201
    return answer


@pytest.fixture
def path(created: httpx.Response) -> str:
    return created.headers["location"]


@pytest.fixture
def tag(created: httpx.Response) -> str:
    return created.headers["etag"]


async def test_a_tag_is_strong_and_that_of_its_version(
    client: httpx.AsyncClient, path: str, tag: str
) -> None:
    read = await client.get(path)
    changed = await client.patch(path, json={"name": "李箱"}, headers={"If-Match": tag})

    assert tag.startswith('"')
    assert read.headers["etag"] == tag
    assert changed.headers["etag"] != tag
    assert (await client.get(path)).headers["etag"] == changed.headers["etag"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_a_client_has_is_not_sent_again(
    client: httpx.AsyncClient, path: str, tag: str, form: str, method: str
) -> None:
    answer = await client.request(method, path, headers={"If-None-Match": form.format(tag)})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag


@pytest.mark.parametrize("known", ['"1"', '"1-00000000"', "nonsense", ""])
async def test_what_a_client_has_not_is_sent(
    client: httpx.AsyncClient, path: str, known: str
) -> None:
    answer = await client.get(path, headers={"If-None-Match": known})

    assert (answer.status_code, answer.json()["name"]) == (200, "Yi Sang")


@pytest.mark.parametrize("form", ["{}", '"x", {}', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_version_that_is_wanted_is_read(
    client: httpx.AsyncClient, path: str, tag: str, form: str, method: str
) -> None:
    wanted = {"If-Match": form.format(tag)}

    assert (await client.request(method, path, headers=wanted)).status_code == 200
    known = await client.request(method, path, headers={**wanted, "If-None-Match": tag})
    assert known.status_code == 304


@pytest.mark.parametrize("form", ["W/{}", '"1-00000000"', "", '"x", W/{}'])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_another_version_than_is_wanted_is_not_read(
    client: httpx.AsyncClient, path: str, tag: str, form: str, method: str
) -> None:
    headers = {"If-Match": form.format(tag), "If-None-Match": tag}

    answer = await client.request(method, path, headers=headers)

    assert answer.status_code == 412
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_change_without_a_condition_is_refused(
    client: httpx.AsyncClient, path: str
) -> None:
    del client.headers["If-Match"]

    for answer in (
        await client.put(path, json={"name": "x"}),
        await client.patch(path, json={"name": "x"}),
        await client.delete(path),
        await client.patch("/v1/configuration", json={"signUpsOpen": False}),
    ):
        assert answer.status_code == 428
        assert answer.json()["type"] == "/problems/precondition-required"
    assert (await client.get(path)).json()["version"] == 1


@pytest.mark.parametrize("form", ["{}", '"9-00000000", {}', "*"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_who_knows_the_version_changes_it(
    client: httpx.AsyncClient, path: str, tag: str, form: str, method: str
) -> None:
    answer = await client.request(
        method,
        path,
        json=None if method == "DELETE" else {"name": "李箱"},
        headers={"If-Match": form.format(tag)},
    )

    assert answer.is_success


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_who_knows_an_old_version_changes_nothing(
    client: httpx.AsyncClient, path: str, tag: str, method: str
) -> None:
    newer = await client.patch(path, json={"name": "李箱"})

    answer = await client.request(
        method,
        path,
        json=None if method == "DELETE" else {"name": "x"},
        headers={"If-Match": tag},
    )

    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/stale-version")
    assert (await client.get(path)).json() == newer.json()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_who_knows_another_thing_changes_nothing(
    client: httpx.AsyncClient, path: str, tag: str, method: str
) -> None:
    other = await client.post(AUTHORS, json={"name": "Han Kang"})

    answer = await client.request(
        method,
        path,
        json=None if method == "DELETE" else {"name": "x"},
        headers={"If-Match": other.headers["etag"]},
    )

    assert (other.json()["version"], answer.status_code) == (1, 412)
    assert (await client.get(path)).headers["etag"] == tag


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_what_is_not_there_has_no_version(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(
        method,
        f"{AUTHORS}/01900000-0000-7000-8000-00000000dead",
        json=None if method == "DELETE" else {"name": "x"},
        headers={"If-Match": '"1-00000000"'},
    )

    assert answer.status_code == 404


async def test_the_configuration_is_changed_by_who_knows_it(client: httpx.AsyncClient) -> None:
    known = (await client.get("/v1/configuration")).headers["etag"]

    first, second = [
        await client.patch(
            "/v1/configuration", json={"defaultPageSize": size}, headers={"If-Match": known}
        )
        for size in (30, 40)
    ]

    assert (first.status_code, second.status_code) == (200, 412)
    assert (await client.get("/v1/configuration")).json()["defaultPageSize"] == 30


async def test_a_list_has_no_tag(client: httpx.AsyncClient) -> None:
    assert "etag" not in (await client.get(AUTHORS)).headers
