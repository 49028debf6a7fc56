"""What browsers are told about every answer."""

import pytest
from flask import Flask, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from tests.unit.service.hooks.conftest import ClientOf

DEFAULTS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "private, no-cache",
}


@pytest.fixture
def answering(flask_app: Flask) -> Flask:
    @flask_app.get("/")
    async def ok() -> str:
        return "ok"

    @flask_app.get("/nothing")
    async def nothing() -> tuple[str, int]:
        return "", 204

    @flask_app.get("/moved")
    async def moved() -> AnyResponse:
        return redirect("/")

    @flask_app.get("/fails")
    async def fails() -> str:
        raise LookupError

    return flask_app


@pytest.mark.parametrize(
    "method,path,status",
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("OPTIONS", "/", 200),
        ("GET", "/nothing", 204),
        ("GET", "/moved", 302),
        ("GET", "/missing", 404),
        ("POST", "/", 405),
        ("GET", "/fails", 500),
    ],
)
async def test_every_answer_has_them_once(
    answering: Flask, client_of: ClientOf, method: str, path: str, status: int
) -> None:
    async with client_of() as client:
        answer = await client.request(method, path)

    assert answer.status_code == status
    found = {name: answer.headers.get_list(name) for name in DEFAULTS}
    assert found == {name: [value] for name, value in DEFAULTS.items()}


async def test_nothing_says_what_serves(answering: Flask, client_of: ClientOf) -> None:
    async with client_of() as client:
        answer = await client.get("/")

    assert answer.headers.keys().isdisjoint({"server", "x-powered-by", "via", "server-timing"})


async def test_what_a_view_says_stays(flask_app: Flask, client_of: ClientOf) -> None:
    own = {
        "Content-Security-Policy": "default-src 'self'",
        "Cache-Control": "no-store",
        "X-Frame-Options": "SAMEORIGIN",
    }

    @flask_app.get("/")
    async def page() -> Response:
        return Response("page", headers=own)

    async with client_of() as client:
        answer = await client.get("/")

    assert {name: answer.headers.get_list(name) for name in own} == {
        name: [value] for name, value in own.items()
    }
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "scheme,proxies,forwarded",
    [
        ("https", 0, None),
        ("https", 1, None),
        ("http", 1, "https"),
        ("http", 1, "http,https"),
        ("http", 2, "https, http"),
    ],
)
async def test_over_https_https_is_demanded(
    client_of: ClientOf, scheme: str, proxies: int, forwarded: str | None
) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-Proto": forwarded}
    async with client_of(f"{scheme}://localhost", FLASK_TRUSTED_PROXIES=str(proxies)) as client:
        answer = await client.get("/", headers=headers)

    assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000"]


@pytest.mark.parametrize(
    "scheme,proxies,forwarded",
    [
        ("http", 0, None),
        ("http", 0, "https"),
        ("http", 1, "https, http"),
        ("http", 2, "https"),
        ("https", 1, "http"),
        ("http", 1, "x" * 10_000),
    ],
)
async def test_over_plain_http_it_is_not(
    client_of: ClientOf, scheme: str, proxies: int, forwarded: str | None
) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-Proto": forwarded}
    async with client_of(f"{scheme}://localhost", FLASK_TRUSTED_PROXIES=str(proxies)) as client:
        answer = await client.get("/", headers=headers)

    assert "strict-transport-security" not in answer.headers
