"""Books over HTTP."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

BOOKS = "/v1/books"
NOBODY = "01900000-0000-7000-8000-00000000dead"


async def new_author(client: httpx.AsyncClient, name: str = "Han Kang") -> str:
    answer = await client.post("/v1/authors", json={"name": name})
    identifier: str = answer.json()["id"]
    return identifier


async def new_book(client: httpx.AsyncClient, author: str, **details: object) -> Any:  # noqa: ANN401 - JSON.
    body = {"title": "The Vegetarian", "authorIds": [author], **details}
    answer = await client.post(BOOKS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def author(client: httpx.AsyncClient) -> str:
    return await new_author(client)


async def titles(client: httpx.AsyncClient, path: str = BOOKS, **query: str) -> list[str]:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [book["title"] for book in answer.json()["items"]]


async def test_a_book_is_kept_with_all_that_is_said_of_it(
    client: httpx.AsyncClient, author: str
) -> None:
    second = await new_author(client, "Deborah Smith")
    details = {
        "title": "채식주의자",
        "publishedOn": "2007-10-30",
        "language": "ko",
        "price": {"amount": 15000, "currency": "KRW"},
        "authorIds": [second, author],
    }

    created = await client.post(BOOKS, json={**details, "isbn": "0-553-44818-8"})
    read = await client.get(created.headers["location"])

    assert created.status_code == 201
    assert read.json() == created.json()
    assert created.json().items() >= {**details, "isbn": "9780553448184", "version": 1}.items()
    assert read.headers["etag"] == created.headers["etag"]


async def test_what_is_not_said_is_null(client: httpx.AsyncClient, author: str) -> None:
    book = await new_book(client, author)

    assert [book[field] for field in ("isbn", "publishedOn", "language", "price")] == [None] * 4


@pytest.mark.parametrize(
    "change,price",
    [
        ({"amount": 1200}, {"amount": 1200, "currency": "USD"}),
        ({"currency": "EUR"}, {"amount": 1600, "currency": "EUR"}),
        ({"amount": 5, "currency": "KRW"}, {"amount": 5, "currency": "KRW"}),
        ({"amount": None, "currency": None}, None),
        ({}, {"amount": 1600, "currency": "USD"}),
        (None, None),
    ],
)
async def test_a_price_is_changed_in_parts(
    client: httpx.AsyncClient,
    author: str,
    change: Mapping[str, object] | None,
    price: Mapping[str, object] | None,
) -> None:
    book = await new_book(client, author, price={"amount": 1600, "currency": "USD"})

    changed = await client.patch(f"{BOOKS}/{book['id']}", json={"price": change})

    assert (changed.status_code, changed.json()["price"]) == (200, price)
    assert changed.json()["title"] == book["title"]


@pytest.mark.parametrize("change", [{"amount": 1200}, {"currency": "USD"}])
async def test_half_a_price_is_none(
    client: httpx.AsyncClient, author: str, change: Mapping[str, object]
) -> None:
    book = await new_book(client, author)

    refused = await client.patch(f"{BOOKS}/{book['id']}", json={"price": change})

    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"pointer": "#/price", "detail": "must have an amount and a currency"}
    ]


@pytest.mark.parametrize(
    "details,pointer",
    [
        ({"title": " "}, "#/title"),
        ({"isbn": "9780553448185"}, "#/isbn"),
        ({"isbn": "055344818X"}, "#/isbn"),
        ({"language": "not a language"}, "#/language"),
        ({"price": {"amount": -1, "currency": "USD"}}, "#/price/amount"),
        ({"price": {"amount": 1}}, "#/price/currency"),
        ({"price": {"amount": 1, "currency": "XXQ"}}, "#/price"),
        ({"price": {"amount": 1.5, "currency": "USD"}}, "#/price/amount"),
        ({"authorIds": []}, "#/authorIds"),
        ({"authorIds": [NOBODY]}, "#/authorIds"),
        ({"authorIds": [NOBODY, NOBODY]}, "#/authorIds"),
        ({"publishedOn": "yesterday"}, "#/publishedOn"),
        ({"pages": 7}, "#/pages"),
    ],
)
async def test_what_does_not_fit_is_told_where(
    client: httpx.AsyncClient, author: str, details: Mapping[str, object], pointer: str
) -> None:
    refused = await client.post(BOOKS, json={"title": "흰", "authorIds": [author], **details})

    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert await titles(client) == []


async def test_an_isbn_is_that_of_one_book(client: httpx.AsyncClient, author: str) -> None:
    book = await new_book(client, author, isbn="9780553448184")

    body = {"title": "흰", "authorIds": [author], "isbn": "0553448188"}
    taken = await client.post(BOOKS, json=body)
    await client.delete(f"{BOOKS}/{book['id']}")
    free = await client.post(BOOKS, json=body | {"isbn": "9780553448184"})

    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/isbn-taken")
    assert taken.json()["errors"][0]["pointer"] == "#/isbn"
    assert free.status_code == 201


async def test_an_author_with_books_stays(client: httpx.AsyncClient, author: str) -> None:
    book = await new_book(client, author)

    refused = await client.delete(f"/v1/authors/{author}")
    await client.delete(f"{BOOKS}/{book['id']}")
    deleted = await client.delete(f"/v1/authors/{author}")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/author-has-books")
    assert refused.json()["books"] == [{"id": book["id"], "title": book["title"]}]
    assert refused.json()["count"] == 1
    assert deleted.status_code == 204


async def test_books_are_listed_by_what_they_are(client: httpx.AsyncClient, author: str) -> None:
    other = await new_author(client, "Yi Sang")
    await new_book(client, author, title="Human Acts", language="en", publishedOn="2014-05-19")
    await new_book(client, other, title="Crow's Eye View", language="ko", publishedOn="1934-07-24")
    await new_book(client, author, title="희랍어 시간", language="ko", publishedOn="2011-11-10")

    assert await titles(client) == ["Human Acts", "Crow's Eye View", "희랍어 시간"]
    assert await titles(client, sort="-createdAt") == [
        "희랍어 시간",
        "Crow's Eye View",
        "Human Acts",
    ]
    assert await titles(client, sort="title", language="KO") == ["Crow's Eye View", "희랍어 시간"]
    assert await titles(client, authorId=author, publishedFrom="2012-01-01") == ["Human Acts"]
    assert await titles(client, publishedTo="1999-12-31") == ["Crow's Eye View"]
    assert await titles(client, search="희랍") == ["희랍어 시간"]
    assert await titles(client, search="act hum") == ["Human Acts"]
    assert await titles(client, f"/v1/authors/{other}/books") == ["Crow's Eye View"]
    assert (await client.get(f"/v1/authors/{NOBODY}/books")).status_code == 404


@pytest.mark.parametrize("sort", ["title", "-title", "updatedAt", "-updatedAt", "createdAt"])
async def test_pages_go_on_in_their_order(
    client: httpx.AsyncClient, author: str, sort: str
) -> None:
    for title in ("Beta", "alpha", "Gamma", "beta", "delta"):
        await new_book(client, author, title=title)
    whole = await titles(client, sort=sort)
    found, page = [], await client.get(BOOKS, params={"sort": sort, "limit": 2})
    while "next" in page.links:
        found += page.json()["items"]
        page = await client.get(page.links["next"]["url"])
    found += page.json()["items"]

    assert [book["title"] for book in found] == whole
    assert len(whole) == 5


async def test_a_cursor_of_another_list_is_refused(client: httpx.AsyncClient, author: str) -> None:
    for title in ("Beta", "Alpha"):
        await new_book(client, author, title=title)
    page = (await client.get(BOOKS, params={"sort": "title", "limit": 1})).json()

    for query in ({}, {"sort": "-title"}, {"sort": "title", "language": "ko"}):
        refused = await client.get(BOOKS, params={**query, "cursor": page["nextCursor"]})
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize(
    "query,parameter,known",
    [
        ({"sort": "price"}, "sort", "'-title'"),
        ({"sort": "created_at"}, "sort", "'createdAt'"),
        ({"order": "title"}, "order", "unknown"),
        ({"search": "..."}, "search", "words"),
        ({"search": "a b c d e f"}, "search", "words"),
        ({"language": "-"}, "language", ""),
        ({"publishedFrom": "1999"}, "publishedFrom", "date"),
        ({"authorId": "me"}, "authorId", "UUID"),
    ],
)
async def test_what_a_list_can_not_be_asked_is_told(
    client: httpx.AsyncClient, query: Mapping[str, str], parameter: str, known: str
) -> None:
    refused = await client.get(BOOKS, params=query)

    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/invalid-query")
    (fault,) = refused.json()["errors"]
    assert fault["parameter"] == parameter
    assert known in fault["detail"]
    assert "publishedFrom" in refused.json()["detail"]


async def test_a_batch_is_created_in_its_order(client: httpx.AsyncClient, author: str) -> None:
    items = [{"title": f"Book {number}", "authorIds": [author]} for number in range(500)]

    answer = await client.post(f"{BOOKS}/batch", json={"items": items})

    assert answer.status_code == 201
    assert [book["title"] for book in answer.json()["items"]] == [it["title"] for it in items]
    assert "location" not in answer.headers
    first = answer.json()["items"][0]
    assert (await client.get(f"{BOOKS}/{first['id']}")).json() == first


async def test_a_batch_with_bad_items_is_reported_item_by_item(
    client: httpx.AsyncClient, author: str
) -> None:
    await new_book(client, author, isbn="9780553448184")
    items = [
        {"title": "Good", "authorIds": [author]},
        {"title": "Taken", "authorIds": [author], "isbn": "9780553448184"},
        {"title": "Orphan", "authorIds": [NOBODY]},
        {"title": "Wrong", "authorIds": [author], "isbn": "9780553448185"},
    ]

    refused = await client.post(f"{BOOKS}/batch", json={"items": items})

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid-batch")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [
        "#/items/1/isbn",
        "#/items/2/authorIds",
        "#/items/3/isbn",
    ]
    assert await titles(client) == ["The Vegetarian"]


@pytest.mark.parametrize("count", [0, 501])
async def test_a_batch_is_bounded(client: httpx.AsyncClient, author: str, count: int) -> None:
    items = [{"title": "x", "authorIds": [author]}] * count

    refused = await client.post(f"{BOOKS}/batch", json={"items": items})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/items"


async def test_a_batch_with_a_key_is_created_once(client: httpx.AsyncClient, author: str) -> None:
    body = {"items": [{"title": "Once", "authorIds": [author]}]}
    key = {"Idempotency-Key": "a-batch"}

    first = await client.post(f"{BOOKS}/batch", json=body, headers=key)
    again = await client.post(f"{BOOKS}/batch", json=body, headers=key)

    assert (first.status_code, again.content) == (201, first.content)
    assert await titles(client) == ["Once"]
