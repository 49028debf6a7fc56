"""Authors over HTTP."""

from datetime import date, timedelta

import httpx
import pytest

from domain.catalogue.entities import Author
from service.use_cases import UseCases
from tests.unit.fakes import Fakes, details_of

AUTHORS = "/v1/authors"
NOBODY = f"{AUTHORS}/01900000-0000-7000-8000-00000000dead"
FULL = {
    "name": "Yi Sang",
    "biography": "A poet\nand an architect.",
    "bornOn": "1910-09-23",
    "diedOn": "1937-04-17",
}


@pytest.fixture
async def author(use_cases: UseCases) -> Author:
    return await use_cases.catalogue.create_author(
        details_of(
            "Yi Sang",
            biography="A poet\nand an architect.",
            born_on=date(1910, 9, 23),
            died_on=date(1937, 4, 17),
        )
    )


async def test_a_created_author_is_answered_with_its_location(client: httpx.AsyncClient) -> None:
    response = await client.post(AUTHORS, json=FULL)

    author = response.json()
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    assert response.headers["location"] == f"{AUTHORS}/{author['id']}"
    assert author == FULL | {
        "id": "01900000-0000-7000-8000-000000000001",
        "version": 1,
        "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z",
    }
    assert (await client.get(response.headers["location"])).json() == author


async def test_times_are_told_to_the_microsecond(fakes: Fakes, client: httpx.AsyncClient) -> None:
    fakes.clock.advance(timedelta(microseconds=123_456))

    response = await client.post(AUTHORS, json=FULL)

    assert response.json()["createdAt"] == "2026-01-01T00:00:00.123456Z"


async def test_details_that_are_left_out_are_null(client: httpx.AsyncClient) -> None:
    author = (await client.post(AUTHORS, json={"name": "Han Kang"})).json()

    assert (author["biography"], author["bornOn"], author["diedOn"]) == (None, None, None)


async def test_text_is_kept_in_normal_form_c(fakes: Fakes, client: httpx.AsyncClient) -> None:
    await client.post(AUTHORS, json={"name": "O\u0304e", "biography": "\u1112\u1161\u11ab"})

    (author,) = await fakes.authors()
    assert (author.name, author.biography) == ("Ōe", "한")


async def test_a_name_has_its_length_in_normal_form_c(client: httpx.AsyncClient) -> None:
    response = await client.post(AUTHORS, json={"name": "O\u0304" * 200})

    assert response.status_code == 201


async def test_a_body_may_name_its_charset(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}

    response = await client.post(AUTHORS, content='{"name": "한강"}'.encode(), headers=headers)

    assert response.status_code == 201
    assert response.json()["name"] == "한강"


async def test_an_author_that_is_not_there_is_a_problem(client: httpx.AsyncClient) -> None:
    for response in (
        await client.get(NOBODY),
        await client.put(NOBODY, json=FULL),
        await client.patch(NOBODY, json={"name": "x"}),
        await client.delete(NOBODY),
    ):
        assert response.status_code == 404
        assert response.json()["type"] == "/problems/not-found"
        assert response.json()["detail"] == f"There is no author {NOBODY.rpartition('/')[2]}."


async def test_an_empty_list_is_one_last_page(client: httpx.AsyncClient) -> None:
    assert (await client.get(AUTHORS)).json() == {"items": [], "nextCursor": None}


async def test_following_the_cursors_gives_each_author_once(
    client: httpx.AsyncClient, use_cases: UseCases
) -> None:
    for name in "abcde":
        await use_cases.catalogue.create_author(details_of(name))

    pages = [(await client.get(AUTHORS, params={"limit": 2})).json()]
    while cursor := pages[-1]["nextCursor"]:
        pages.append((await client.get(AUTHORS, params={"limit": 2, "cursor": cursor})).json())

    names = [[author["name"] for author in page["items"]] for page in pages]
    assert names == [["a", "b"], ["c", "d"], ["e"]]


async def test_a_cursor_keeps_its_place_while_others_add_and_delete(
    client: httpx.AsyncClient, use_cases: UseCases
) -> None:
    a, b, *_ = [await use_cases.catalogue.create_author(details_of(name)) for name in "abc"]
    first = (await client.get(AUTHORS, params={"limit": 2})).json()
    await use_cases.catalogue.delete_author(a.id)
    await use_cases.catalogue.delete_author(b.id)
    await use_cases.catalogue.create_author(details_of("d"))

    second = await client.get(AUTHORS, params={"limit": 2, "cursor": first["nextCursor"]})

    assert [author["name"] for author in second.json()["items"]] == ["c", "d"]
    assert second.json()["nextCursor"] is None


async def test_a_page_without_a_limit_has_the_configured_size(
    client: httpx.AsyncClient, use_cases: UseCases
) -> None:
    for name in "abc":
        await use_cases.catalogue.create_author(details_of(name))
    await use_cases.configuration.change({"default_page_size": 2})

    page = (await client.get(AUTHORS)).json()

    assert len(page["items"]) == 2
    assert page["nextCursor"]


async def test_put_replaces_all_details(client: httpx.AsyncClient, author: Author) -> None:
    response = await client.put(f"{AUTHORS}/{author.id}", json={"name": "李箱"})

    replaced = response.json()
    assert response.status_code == 200
    assert (replaced["name"], replaced["version"]) == ("李箱", 2)
    assert (replaced["biography"], replaced["bornOn"], replaced["diedOn"]) == (None, None, None)


async def test_patch_keeps_what_is_absent_and_removes_what_is_null(
    client: httpx.AsyncClient, author: Author
) -> None:
    response = await client.patch(f"{AUTHORS}/{author.id}", json={"biography": None})

    patched = response.json()
    assert response.status_code == 200
    assert patched["biography"] is None
    assert {name: patched[name] for name in FULL} == FULL | {"biography": None}
    assert patched["version"] == 2


@pytest.mark.parametrize("media_type", ["application/json", "application/merge-patch+json"])
async def test_patch_takes_both_media_types(
    client: httpx.AsyncClient, author: Author, media_type: str
) -> None:
    response = await client.patch(
        f"{AUTHORS}/{author.id}", content=b'{"name": "x"}', headers={"Content-Type": media_type}
    )

    assert response.status_code == 200
    assert response.json()["name"] == "x"


async def test_changes_that_change_nothing_leave_all_as_it_is(
    fakes: Fakes, client: httpx.AsyncClient, author: Author
) -> None:
    before = await fakes.state()
    fakes.clock.advance(timedelta(hours=1))

    for response in (
        await client.patch(f"{AUTHORS}/{author.id}", json={}),
        await client.patch(f"{AUTHORS}/{author.id}", json={"name": "Yi Sang"}),
        await client.put(f"{AUTHORS}/{author.id}", json=FULL),
    ):
        assert response.status_code == 200
        assert response.json()["version"] == 1

    assert await fakes.state() == before


async def test_a_deletion_has_no_body_and_its_repetition_finds_nothing(
    client: httpx.AsyncClient, author: Author
) -> None:
    first = await client.delete(f"{AUTHORS}/{author.id}")
    second = await client.delete(f"{AUTHORS}/{author.id}")

    assert (first.status_code, first.content) == (204, b"")
    assert second.status_code == 404


async def test_head_is_answered_like_get_without_the_body(
    client: httpx.AsyncClient, author: Author
) -> None:
    head = await client.head(f"{AUTHORS}/{author.id}")

    assert (head.status_code, head.content) == (200, b"")


async def test_a_rule_of_the_domain_is_told_by_the_name_that_clients_know(
    client: httpx.AsyncClient, author: Author
) -> None:
    response = await client.patch(f"{AUTHORS}/{author.id}", json={"diedOn": "1910-09-22"})

    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"pointer": "#/diedOn", "detail": "must not be before the date of birth"}
    ]


async def test_all_that_does_not_fit_is_told_at_once(client: httpx.AsyncClient) -> None:
    response = await client.post(AUTHORS, json={"name": 1, "bornOn": "x", "a/b~c": True})

    faults = {fault["pointer"]: fault["detail"] for fault in response.json()["errors"]}
    assert faults.keys() == {"#/name", "#/bornOn", "#/a~1b~0c"}
    assert faults["#/a~1b~0c"] == "is unknown"
