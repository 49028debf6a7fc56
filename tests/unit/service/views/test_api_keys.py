"""API keys over HTTP."""

import httpx
import pytest

from domain.accounts.entities import Account
from domain.authentication.entities import MAX_KEYS
from domain.authentication.keys import read_key
from domain.permissions import Role
from tests.unit.accounts import PASSWORD, add_with_password, bearer
from tests.unit.fakes import Fakes

KEYS = "/v1/me/api-keys"
BODY = {
    "name": "import",
    "permissions": ["catalogue:change"],
    "confirmation": {"password": PASSWORD},
}


@pytest.fixture
async def editor(fakes: Fakes) -> Account:
    return await add_with_password(fakes, Role.EDITOR)


@pytest.fixture
async def _signed_in(fakes: Fakes, client: httpx.AsyncClient, editor: Account) -> None:
    client.headers.update(await bearer(fakes, editor))


pytestmark = pytest.mark.usefixtures("_signed_in")


async def test_a_key_is_told_once(client: httpx.AsyncClient, editor: Account) -> None:
    made = await client.post(KEYS, json={**BODY, "expiresAt": "2027-01-01T09:00:00+09:00"})
    listed = await client.get(KEYS)

    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    body = made.json()
    assert read_key(body.pop("key")).account_id == editor.id
    assert body == {
        "id": body["id"],
        "name": "import",
        "permissions": ["catalogue:change"],
        "expiresAt": "2027-01-01T00:00:00Z",
        "lastUsedAt": None,
        "createdAt": "2026-01-01T00:00:00Z",
    }
    assert listed.json() == {"items": [body], "nextCursor": None}


async def test_a_key_is_kept_under_no_idempotency_key(client: httpx.AsyncClient) -> None:
    response = await client.post(KEYS, json=BODY, headers={"Idempotency-Key": '"x"'})

    assert response.status_code == 400
    assert response.json()["type"] == "/problems/invalid-idempotency-key"
    assert (await client.get(KEYS)).json()["items"] == []


async def test_a_key_is_revoked_once(client: httpx.AsyncClient) -> None:
    made = (await client.post(KEYS, json=BODY)).json()

    first = await client.delete(f"{KEYS}/{made['id']}")
    second = await client.delete(f"{KEYS}/{made['id']}")

    assert (first.status_code, second.status_code) == (204, 404)
    assert (await client.get(KEYS)).json()["items"] == []


@pytest.mark.parametrize(
    "changes,where",
    [
        ({"name": ""}, "#/name"),
        ({"name": "\u200b"}, "#/name"),
        ({"permissions": None}, "#/permissions"),
        ({"permissions": ["catalogue:burn"]}, "#/permissions/0"),
        ({"permissions": ["catalogue:change"] * 2}, "#/permissions"),
        ({"permissions": ["accounts:change"]}, "#/permissions"),
        ({"expiresAt": "2025-12-31T23:59:59Z"}, "#/expiresAt"),
        ({"expiresAt": "2027-01-01"}, "#/expiresAt"),
        ({"expiresAt": "2027-01-01T00:00:00"}, "#/expiresAt"),
        ({"expiresAt": 1_900_000_000}, "#/expiresAt"),
        ({"expiresAt": "9999-12-31T23:59:59-12:00"}, "#/expiresAt"),
        ({"expiresAt": "2027-02-30T00:00:00Z"}, "#/expiresAt"),
        ({"secret": "mine"}, "#/secret"),
    ],
)
async def test_a_key_that_does_not_fit_is_refused(
    client: httpx.AsyncClient, changes: dict[str, object], where: str
) -> None:
    response = await client.post(KEYS, json={**BODY, **changes})

    assert response.status_code == 422
    assert [fault["pointer"] for fault in response.json()["errors"]] == [where]
    assert (await client.get(KEYS)).json()["items"] == []


@pytest.mark.parametrize("confirmation", [{}, {"password": "wrong"}])
async def test_who_makes_a_key_confirms_it(
    client: httpx.AsyncClient, confirmation: dict[str, str]
) -> None:
    response = await client.post(KEYS, json={**BODY, "confirmation": confirmation})

    assert response.status_code == 403
    assert response.json()["type"] == "/problems/confirmation-required"
    assert (await client.get(KEYS)).json()["items"] == []


async def test_there_are_not_too_many_keys(client: httpx.AsyncClient) -> None:
    for _ in range(MAX_KEYS):
        assert (await client.post(KEYS, json=BODY)).status_code == 201

    refused = await client.post(KEYS, json=BODY)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-keys")
    assert len((await client.get(KEYS)).json()["items"]) == MAX_KEYS
