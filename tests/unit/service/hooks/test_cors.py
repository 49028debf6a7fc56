"""Which pages of other origins may call the service."""

import httpx
import pytest
from flask import Flask, Response

from tests.unit.service.hooks.conftest import ClientOf

APP, ADMIN = "https://app.example.org", "http://localhost:3000"
SETTINGS = {"FLASK_CORS_ORIGINS": f"{APP},{ADMIN}"}
ASKS = {"Origin": APP, "Access-Control-Request-Method": "PUT"}


def cors_of(answer: httpx.Response) -> dict[str, str]:
    prefix = "access-control-"
    return {name.removeprefix(prefix): v for name, v in answer.headers.items() if prefix in name}


@pytest.fixture(autouse=True)
def resource(flask_app: Flask) -> None:
    @flask_app.route("/things/<int:key>", methods=["GET", "PUT"])
    async def thing(key: int) -> Response:
        return Response("thing", headers={"Vary": "Accept"})


@pytest.mark.parametrize("origin", [APP, ADMIN])
@pytest.mark.parametrize(
    "method,path,status",
    [("GET", "/things/7", 200), ("DELETE", "/things/7", 405), ("GET", "/missing", 404)],
)
async def test_an_allowed_origin_may_read_every_answer(
    client_of: ClientOf, origin: str, method: str, path: str, status: int
) -> None:
    async with client_of(**SETTINGS) as client:
        answer = await client.request(method, path, headers={"Origin": origin})

    assert answer.status_code == status
    assert cors_of(answer) == {
        "allow-origin": origin,
        "expose-headers": "ETag, Location, Link, Retry-After, RateLimit, RateLimit-Policy, "
        "WWW-Authenticate, "
        "X-Request-ID, Idempotency-Replayed, Deprecation, Sunset",
    }


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        "http://app.example.org",
        "https://app.example.org:8443",
        "https://app.example.org.evil.example",
        "https://xapp.example.org",
        "https://APP.example.org",
        f"{APP}/",
        f"{APP},{APP}",
        f" {APP} x",
        "x" * 10_000,
        b"https://\xff",
    ],
)
async def test_another_origin_is_told_nothing(
    client_of: ClientOf, origin: str | bytes | None
) -> None:
    headers = {} if origin is None else {"Origin": origin}
    async with client_of(**SETTINGS) as client:
        answers = [
            await client.get("/things/7", headers=headers),
            await client.options("/things/7", headers=ASKS | headers if headers else {}),
        ]

    assert [cors_of(answer) for answer in answers] == [{}, {}]
    assert answers[0].status_code == 200


@pytest.mark.parametrize("origin", [APP, "https://evil.example", ""])
async def test_every_answer_says_that_it_varies_with_the_origin(
    client_of: ClientOf, origin: str
) -> None:
    async with client_of(**SETTINGS) as client:
        answer = await client.get("/things/7", headers={"Origin": origin} if origin else {})
        missing = await client.get("/missing")

    assert answer.headers["vary"] == "Accept, Origin"
    assert missing.headers["vary"] == "Origin"


async def test_it_is_off_by_default(client_of: ClientOf) -> None:
    async with client_of() as client:
        answer = await client.get("/things/7", headers={"Origin": APP})
        preflight = await client.options("/things/7", headers=ASKS)

    assert cors_of(answer) == cors_of(preflight) == {}
    assert answer.headers["vary"] == "Accept"


async def test_credentials_are_allowed_by_setting(client_of: ClientOf) -> None:
    async with client_of(**SETTINGS, FLASK_CORS_CREDENTIALS="1") as client:
        answer = await client.get("/things/7", headers={"Origin": APP})

    assert cors_of(answer)["allow-credentials"] == "true"
    assert cors_of(answer)["allow-origin"] == APP


async def test_a_preflight_is_told_the_methods_of_its_path(client_of: ClientOf) -> None:
    async with client_of(**SETTINGS) as client:
        answer = await client.options("/things/7", headers=ASKS)

    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    told = cors_of(answer)
    assert told["allow-origin"] == APP
    assert told["allow-methods"] == "GET, HEAD, OPTIONS, PUT"
    assert told["max-age"] == "7200"
    assert {"Authorization", "Content-Type", "Idempotency-Key", "If-Match"} <= set(
        told["allow-headers"].split(", ")
    )


@pytest.mark.parametrize("path", ["/missing", "/things/x"])
async def test_a_preflight_of_an_unknown_path_is_a_404_that_its_page_may_read(
    client_of: ClientOf, path: str
) -> None:
    async with client_of(**SETTINGS) as client:
        answer = await client.options(path, headers=ASKS)

    assert answer.status_code == 404
    assert cors_of(answer)["allow-origin"] == APP
    assert "allow-methods" not in cors_of(answer)


async def test_options_that_are_no_preflight_reach_flask(client_of: ClientOf) -> None:
    async with client_of(**SETTINGS) as client:
        answer = await client.options("/things/7", headers={"Origin": APP})

    assert "allow-methods" not in cors_of(answer)
    assert "GET" in answer.headers["allow"]


async def test_a_preflight_for_another_host_is_misdirected(client_of: ClientOf) -> None:
    async with client_of(**SETTINGS) as client:
        answer = await client.options("/things/7", headers=ASKS | {"Host": "evil.example"})

    assert answer.status_code == 421
