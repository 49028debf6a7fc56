"""One's own sessions over HTTP."""

from uuid import uuid4

import httpx
import pytest

from domain.accounts.entities import Account
from tests.unit.accounts import PASSWORD, add_with_password, live_sessions
from tests.unit.fakes import Fakes

MINE = "/v1/me/sessions"
CURRENT = "/v1/sessions/current"

Tokens = dict[str, str]


@pytest.fixture
async def account(fakes: Fakes) -> Account:
    return await add_with_password(fakes)


async def sign_in(client: httpx.AsyncClient, account: Account) -> Tokens:
    body = {"email": account.email, "password": PASSWORD}
    headers = {"User-Agent": "Firefox"}
    tokens: Tokens = (await client.post("/v1/sessions", json=body, headers=headers)).json()
    return tokens


def bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['accessToken']}"}


async def status(client: httpx.AsyncClient, tokens: Tokens) -> int:
    return (await client.get("/v1/me", headers=bearer(tokens))).status_code


async def test_people_see_where_they_are_signed_in(
    client: httpx.AsyncClient, account: Account
) -> None:
    await sign_in(client, account)
    mine = await sign_in(client, account)

    response = await client.get(MINE, headers=bearer(mine))

    assert response.status_code == 200
    current, other = response.json()["items"]
    assert current == {
        "id": current["id"],
        "device": "Firefox",
        "address": "127.0.0.1",
        "methods": ["pwd"],
        "createdAt": "2026-01-01T00:00:00Z",
        "lastSeenAt": "2026-01-01T00:00:00Z",
        "expiresAt": "2026-01-31T00:00:00Z",
        "isCurrent": True,
    }
    assert (other["isCurrent"], response.json()["nextCursor"]) == (False, None)


async def test_a_session_is_ended_from_another(client: httpx.AsyncClient, account: Account) -> None:
    other, mine = await sign_in(client, account), await sign_in(client, account)
    listed = (await client.get(MINE, headers=bearer(mine))).json()["items"]
    (theirs,) = (it["id"] for it in listed if not it["isCurrent"])

    ended = await client.delete(f"{MINE}/{theirs}", headers=bearer(mine))
    again = await client.delete(f"{MINE}/{theirs}", headers=bearer(mine))
    unknown = await client.delete(f"{MINE}/{uuid4()}", headers=bearer(mine))

    assert (ended.status_code, again.status_code, unknown.status_code) == (204, 404, 404)
    assert await status(client, other) == 401
    assert await status(client, mine) == 200


@pytest.mark.parametrize(
    "query,stays",
    [("", False), ("?keepCurrent=false", False), ("?keepCurrent=true", True)],
)
async def test_all_sessions_end(
    client: httpx.AsyncClient, account: Account, query: str, *, stays: bool
) -> None:
    other, mine = await sign_in(client, account), await sign_in(client, account)

    ended = await client.delete(MINE + query, headers=bearer(mine))

    assert ended.status_code == 204
    assert await status(client, other) == 401
    assert await status(client, mine) == (200 if stays else 401)
    assert ("__Host-refresh=;" in ended.headers.get("set-cookie", "")) is not stays


@pytest.mark.parametrize("query", ["?keepCurrent=perhaps", "?keepCurrent=", "?keep=true"])
async def test_a_query_that_does_not_fit_ends_nothing(
    fakes: Fakes, client: httpx.AsyncClient, account: Account, query: str
) -> None:
    mine = await sign_in(client, account)

    response = await client.delete(MINE + query, headers=bearer(mine))

    assert response.status_code == 400
    assert len(await live_sessions(fakes, account)) == 1


async def test_signing_out_ends_both_tokens_and_the_cookie(
    client: httpx.AsyncClient, account: Account
) -> None:
    mine = await sign_in(client, account)

    response = await client.delete(CURRENT, headers=bearer(mine))

    assert response.status_code == 204
    assert "__Host-refresh=;" in response.headers["set-cookie"]
    assert await status(client, mine) == 401
    refreshed = await client.post(
        "/v1/sessions/refresh", json={"refreshToken": mine["refreshToken"]}
    )
    assert refreshed.status_code == 401
    assert (await client.delete(CURRENT, headers=bearer(mine))).status_code == 401


@pytest.mark.parametrize("method,path", [("GET", MINE), ("DELETE", MINE), ("DELETE", CURRENT)])
async def test_sessions_are_for_who_is_signed_in(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    del client.headers["Authorization"]

    response = await client.request(method, path)

    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
