"""Accounts over HTTP, for those who administer them."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from domain.accounts.entities import Account
from domain.callers import acting_as
from domain.permissions import Role
from tests.unit.accounts import account_of, add_account, add_session, caller_of, live_sessions
from tests.unit.fakes import Fakes

ACCOUNTS = "/v1/accounts"


@pytest.fixture
async def admin(fakes: Fakes) -> Account:
    return await add_account(fakes, Role.ADMIN, name="Ann", email="ann@example.org")


@pytest.fixture
async def reader(fakes: Fakes) -> Account:
    fakes.clock.advance(timedelta(seconds=1))
    return await add_account(fakes, name="Han Kang", email="han.kang@example.org")


@pytest.fixture
async def disabled(fakes: Fakes, reader: Account) -> Account:
    at = reader.created_at
    return await add_account(fakes, email="bob@example.org", disabled_at=at)


@pytest.fixture
def _signed_in(admin: Account) -> Iterator[None]:
    with acting_as(caller_of(admin)):
        yield


pytestmark = pytest.mark.usefixtures("_signed_in", "reader", "disabled")


@pytest.mark.parametrize(
    "query,found",
    [
        ("", ["ann", "han.kang", "bob"]),
        ("sort=-createdAt", ["bob", "han.kang", "ann"]),
        ("sort=email", ["ann", "bob", "han.kang"]),
        ("sort=-updatedAt&limit=1", ["bob"]),
        ("search=kan han", ["han.kang"]),
        ("search=EXAMPLE an", ["ann"]),
        ("role=admin", ["ann"]),
        ("isDisabled=true", ["bob"]),
        ("isDisabled=false&role=reader", ["han.kang"]),
    ],
)
async def test_accounts_are_listed_as_asked(
    client: httpx.AsyncClient, query: str, found: list[str]
) -> None:
    response = await client.get(f"{ACCOUNTS}?{query}")

    emails = [account["email"] for account in response.json()["items"]]
    assert emails == [f"{name}@example.org" for name in found]


@pytest.mark.parametrize(
    "query,where",
    [("role=owner", "role"), ("isDisabled=1", "isDisabled"), ("sort=name", "sort")],
)
async def test_a_list_that_there_is_not_is_refused(
    client: httpx.AsyncClient, query: str, where: str
) -> None:
    response = await client.get(f"{ACCOUNTS}?{query}")

    assert response.status_code == 400
    assert [fault["parameter"] for fault in response.json()["errors"]] == [where]


async def test_all_pages_together_have_each_account_once(client: httpx.AsyncClient) -> None:
    names, url = [], f"{ACCOUNTS}?sort=email&limit=1"
    while url:
        page = await client.get(url)
        names += [account["email"].partition("@")[0] for account in page.json()["items"]]
        url = page.links.get("next", {}).get("url")

    assert names == ["ann", "bob", "han.kang"]


async def test_an_account_is_read_and_changed_at_its_version(
    client: httpx.AsyncClient, fakes: Fakes, reader: Account
) -> None:
    url = f"{ACCOUNTS}/{reader.id}"
    read = await client.get(url)
    known = {"If-Match": read.headers["etag"]}

    changed = await client.patch(url, json={"role": "editor", "isDisabled": True}, headers=known)
    stale = await client.patch(url, json={"role": "admin"}, headers=known)

    assert (read.json()["role"], read.json()["isDisabled"]) == ("reader", False)
    assert changed.status_code == 200
    assert (changed.json()["role"], changed.json()["isDisabled"]) == ("editor", True)
    assert stale.status_code == 412
    kept = await account_of(fakes, reader)
    assert kept is not None
    assert (kept.role, kept.version) == (Role.EDITOR, 2)


@pytest.mark.parametrize(
    "body,where",
    [
        ({"role": "owner"}, "#/role"),
        ({"role": None}, "#/role"),
        ({"isDisabled": "yes"}, "#/isDisabled"),
        ({"isDisabled": None}, "#/isDisabled"),
        ({"email": "eve@example.org"}, "#/email"),
        ({"password": "correct horse battery"}, "#/password"),
    ],
)
async def test_nothing_else_is_changed(
    client: httpx.AsyncClient, fakes: Fakes, reader: Account, body: object, where: str
) -> None:
    response = await client.patch(f"{ACCOUNTS}/{reader.id}", json=body)

    assert response.status_code == 422
    assert [fault["pointer"] for fault in response.json()["errors"]] == [where]
    assert await account_of(fakes, reader) == reader


async def test_the_last_administrator_stays(
    client: httpx.AsyncClient, fakes: Fakes, admin: Account
) -> None:
    url = f"{ACCOUNTS}/{admin.id}"

    answers = [
        await client.patch(url, json={"role": "reader"}),
        await client.patch(url, json={"isDisabled": True}),
        await client.delete(url),
    ]

    for answer in answers:
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/last-administrator"
    assert await account_of(fakes, admin) == admin


async def test_an_account_is_deleted_once(
    client: httpx.AsyncClient, fakes: Fakes, reader: Account
) -> None:
    await add_session(fakes, reader)
    url = f"{ACCOUNTS}/{reader.id}"

    first, second = await client.delete(url), await client.delete(url)

    assert (first.status_code, second.status_code) == (204, 404)
    assert (await client.get(url)).status_code == 404
    assert await live_sessions(fakes, reader) == []


async def test_sessions_are_ended(
    client: httpx.AsyncClient, fakes: Fakes, reader: Account, admin: Account
) -> None:
    await add_session(fakes, reader)
    session = await add_session(fakes, admin)
    url = f"{ACCOUNTS}/{reader.id}/sessions"

    assert [(await client.delete(url)).status_code for _ in range(2)] == [204, 204]
    assert await live_sessions(fakes, reader) == []
    assert await live_sessions(fakes, admin) == [session]
    missing = await client.delete(f"{ACCOUNTS}/{session.id}/sessions")
    assert missing.status_code == 404
