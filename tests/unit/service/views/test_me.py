"""One's own account over HTTP."""

import re

import httpx
import pytest

from domain.accounts.entities import Account
from domain.authentication.own_data import MAX_EVENTS
from domain.callers import acting_as
from domain.permissions import Role
from service.use_cases import UseCases
from tests.contracts.examples import new_event
from tests.contracts.test_identities import identity_of
from tests.contracts.test_second_factors import passkey_of
from tests.unit.accounts import (
    PASSWORD,
    account_of,
    add_account,
    add_session,
    add_with_password,
    bearer,
    caller_of,
    live_sessions,
)
from tests.unit.fakes import Fakes

ME = "/v1/me"
CONFIRMED = {"confirmation": {"password": PASSWORD}}


@pytest.fixture
async def account(fakes: Fakes) -> Account:
    return await add_with_password(fakes, name="Han Kang")


@pytest.fixture
async def _signed_in(fakes: Fakes, client: httpx.AsyncClient, account: Account) -> None:
    client.headers.update(await bearer(fakes, account))


pytestmark = pytest.mark.usefixtures("_signed_in")


async def test_people_read_their_account(client: httpx.AsyncClient, account: Account) -> None:
    response = await client.get(ME)

    assert response.status_code == 200
    assert response.json() == {
        "id": str(account.id),
        "email": account.email,
        "name": "Han Kang",
        "role": "reader",
        "isDisabled": False,
        "verifiedAt": "2026-01-01T00:00:00Z",
        "version": 1,
        "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z",
    }
    known = {"If-None-Match": response.headers["etag"]}
    assert (await client.get(ME, headers=known)).status_code == 304


async def test_what_a_browser_kept_of_one_person_is_not_shown_to_the_next(
    fakes: Fakes, client: httpx.AsyncClient
) -> None:
    kept = await client.get(ME)
    other = await add_account(fakes, email="other@example.org")
    client.headers.update(await bearer(fakes, other))

    response = await client.get(ME, headers={"If-None-Match": kept.headers["etag"]})

    assert (response.status_code, response.json()["id"]) == (200, str(other.id))
    expected = {"If-Match": kept.headers["etag"]}
    assert (await client.patch(ME, json={"name": "x"}, headers=expected)).status_code == 412
    expected = {"If-Match": response.headers["etag"]}
    assert (await client.patch(ME, json={"name": "x"}, headers=expected)).status_code == 200


async def test_people_change_their_name_and_nothing_else(client: httpx.AsyncClient) -> None:
    changed = await client.patch(ME, json={"name": "Yi Sang"})
    removed = await client.patch(ME, json={"name": None})

    assert (changed.status_code, changed.json()["name"]) == (200, "Yi Sang")
    assert (removed.json()["name"], removed.json()["version"]) == (None, 3)
    for refused in ({"role": "admin"}, {"email": "x@example.org"}, {"isDisabled": False}):
        assert (await client.patch(ME, json=refused)).status_code == 422
    assert (await client.get(ME)).json() == removed.json()


async def test_a_blank_name_is_refused_by_its_field(client: httpx.AsyncClient) -> None:
    response = await client.patch(ME, json={"name": "\u200b"})

    assert response.status_code == 422
    assert response.json()["errors"] == [{"pointer": "#/name", "detail": "must not be blank"}]


async def test_who_changes_their_account_has_to_know_it(
    client: httpx.AsyncClient, fakes: Fakes, account: Account
) -> None:
    body = {"name": "Yi Sang"}
    del client.headers["If-Match"]

    unknown = await client.patch(ME, json=body)
    stale = await client.patch(ME, json=body, headers={"If-Match": '"7-00000000"'})

    assert (unknown.status_code, stale.status_code) == (428, 412)
    assert await account_of(fakes, account) == account


async def test_people_delete_their_account(
    client: httpx.AsyncClient, fakes: Fakes, account: Account
) -> None:
    await add_session(fakes, account)

    refused = await client.post(f"{ME}/deletion", json={})
    assert refused.json()["type"] == "/problems/confirmation-required"
    assert await account_of(fakes, account) == account

    response = await client.post(f"{ME}/deletion", json=CONFIRMED)

    assert (response.status_code, response.content) == (204, b"")
    assert await account_of(fakes, account) is None
    assert await live_sessions(fakes, account) == []
    assert (await client.get(ME)).status_code == 401


async def test_people_see_what_happened_to_their_account_alone(
    client: httpx.AsyncClient, fakes: Fakes, use_cases: UseCases
) -> None:
    other = await add_account(fakes, Role.ADMIN)
    with acting_as(caller_of(other)):
        await use_cases.me.change({"name": "Other"})
    await client.patch(ME, json={"name": "Yi Sang"})
    await client.patch(ME, json={"name": "Han Kang"})
    await use_cases.relay.deliver_batch()

    newest = await client.get(f"{ME}/activity", params={"limit": 1})
    oldest = await client.get(newest.links["next"]["url"])

    assert [event["kind"] for event in newest.json()["items"]] == ["account.changed"]
    assert oldest.json()["items"][0]["details"] == {
        "fields": ["name"],
        "address": "127.0.0.1",
    }
    assert oldest.json()["nextCursor"] is None
    none = await client.get(f"{ME}/activity", params={"kind": "account.deleted"})
    assert none.json()["items"] == []
    assert (await client.get(f"{ME}/activity", params={"subject": "x"})).status_code == 400


async def test_people_get_all_that_is_kept_of_them_and_nothing_to_sign_in_with(
    client: httpx.AsyncClient, fakes: Fakes, use_cases: UseCases, account: Account
) -> None:
    other = await add_account(fakes)
    await add_session(fakes, other)
    session = await add_session(fakes, account)
    made = (
        await client.post(f"{ME}/api-keys", json={"name": "k", "permissions": [], **CONFIRMED})
    ).json()
    await fakes.unit_of_work.run(lambda stores: stores.passkeys.add(passkey_of(account.id)))
    await fakes.unit_of_work.run(lambda stores: stores.identities.add(identity_of(account.id)))
    await use_cases.relay.deliver_batch()

    response = await client.get(f"{ME}/export")

    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    body = response.json()
    kept = body["kept"]
    assert kept["account"] == (await client.get(ME)).json()
    assert len(kept["sessions"]) == 2
    assert str(session.id) in [it["id"] for it in kept["sessions"]]
    assert kept["sessions"][0]["methods"] == ["pwd"]
    text = made.pop("key")
    assert kept["apiKeys"] == [made]
    assert [it["name"] for it in kept["passkeys"]] == [passkey_of(account.id).name]
    assert [it["issuer"] for it in kept["identities"]] == [identity_of(account.id).issuer]
    assert [event["kind"] for event in body["activity"]] == ["key.created"]
    assert body["activityIsComplete"] is True
    assert text not in response.text
    assert not {"hash", "secret", "refresh", "public"} & set(re.findall("[a-z]+", response.text))


async def test_an_export_has_the_newest_events_and_says_if_there_are_more(
    client: httpx.AsyncClient, fakes: Fakes, account: Account
) -> None:
    events = [new_event(subject=str(account.id)) for _ in range(MAX_EVENTS + 1)]
    await fakes.activity_log.record(events)

    body = (await client.get(f"{ME}/export")).json()

    assert [it["id"] for it in body["activity"]] == [str(it.id) for it in events[:0:-1]]
    assert body["activityIsComplete"] is False
