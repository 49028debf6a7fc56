"""The document over HTTP."""

import httpx
from openapi_spec_validator import validate


async def test_the_document_is_there_and_valid(client: httpx.AsyncClient) -> None:
    answer = await client.get("/openapi.json")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    validate(answer.json())


async def test_it_is_sent_once_to_whom_keeps_it(client: httpx.AsyncClient) -> None:
    first = await client.get("/openapi.json")
    tag = first.headers["etag"]

    again = await client.get("/openapi.json", headers={"If-None-Match": tag})
    other = await client.get("/openapi.json", headers={"If-None-Match": '"another"'})

    assert tag.startswith('"')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (other.status_code, other.content) == (200, first.content)


async def test_its_head_can_be_asked_for(client: httpx.AsyncClient) -> None:
    whole = await client.get("/openapi.json")
    head = await client.head("/openapi.json")

    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-length", "content-type", "cache-control"):
        assert head.headers[name] == whole.headers[name]
