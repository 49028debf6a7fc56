"""Signing in with a provider over HTTP."""

from dataclasses import replace
from http.cookies import Morsel, SimpleCookie
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest

from domain.authentication.provider_challenges import LIFE
from tests.unit.accounts import add_account, bearer, live_sessions
from tests.unit.fakes import ISSUERS, Fakes
from tests.unit.providers import SOMEBODY

BEGIN = "/v1/providers/acme/authorizations"
FINISH = "/v1/sessions/provider"
IDENTITIES = "/v1/me/identities"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
OTHER_PAGE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"}

Json = dict[str, object]


async def begun(client: httpx.AsyncClient, address: str = BEGIN, **body: object) -> Json:
    response = await client.post(address, json=body)
    assert response.status_code == 201, response.text
    told: Json = response.json()
    return told


def answer_of(fakes: Fakes, told: Json, **others: object) -> Json:
    """Give what a client hands in, once somebody has signed in where it was begun."""
    answer = {
        "provider": "acme",
        "state": told["state"],
        "code": fakes.identity_providers.sign_in(str(told["authorizationUrl"]), SOMEBODY),
        "iss": ISSUERS["acme"],
        "ticket": told["ticket"],
        **others,
    }
    return {name: value for name, value in answer.items() if value is not None}


def cookies_of(response: httpx.Response) -> dict[str, Morsel[str]]:
    headers = response.headers.get_list("set-cookie")
    return {name: it for header in headers for name, it in SimpleCookie(header).items()}


async def test_providers_are_listed(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/providers")

    assert response.json() == {
        "items": [{"name": "acme"}, {"name": "initech"}],
        "nextCursor": None,
    }


async def test_somebody_signs_in(fakes: Fakes, client: httpx.AsyncClient) -> None:
    response = await client.post(BEGIN, json={})
    told = response.json()
    asked = {k: v for k, (v,) in parse_qs(urlsplit(told["authorizationUrl"]).query).items()}
    finished = await client.post(FINISH, json=answer_of(fakes, told))

    assert response.status_code == finished.status_code == 201
    assert response.headers["cache-control"] == finished.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    assert "set-cookie" not in finished.headers
    assert told["state"] == asked["state"]
    assert told["expiresAt"] == (fakes.clock.now() + LIFE).isoformat().replace("+00:00", "Z")
    claims = fakes.access_tokens().read(finished.json()["accessToken"])
    assert finished.json()["refreshToken"].startswith("rt_")
    account = await fakes.unit_of_work.read(lambda stores: stores.accounts.get(claims.account_id))
    assert account is not None
    assert account.email == SOMEBODY.email
    (session,) = await live_sessions(fakes, account)
    assert (session.id, session.methods) == (claims.session_id, ("fed",))


async def test_an_answer_counts_once_and_refusals_say_no_more(
    fakes: Fakes, client: httpx.AsyncClient
) -> None:
    answer = answer_of(fakes, await begun(client))
    other = await begun(client)
    assert (await client.post(FINISH, json=answer)).status_code == 201

    for refused in (
        answer,
        answer_of(fakes, other, ticket=answer["ticket"]),
        answer_of(fakes, other, ticket=None),
        answer_of(fakes, other, state="x"),
        answer_of(fakes, other, provider="initech"),
        answer_of(fakes, other, provider="evil"),
        answer_of(fakes, other, iss="https://evil.test"),
    ):
        response = await client.post(FINISH, json=refused)
        assert response.status_code == 400
        assert response.json()["type"] == "/problems/provider-sign-in-refused"
        assert response.json()["detail"] == (
            "The sign-in with the provider does not hold. Begin anew."
        )


@pytest.mark.parametrize(
    "change",
    [
        {"code": ""},
        {"code": "c" * 4097},
        {"code": None},
        {"state": "s" * 256},
        {"state": 7},
        {"iss": "i" * 256},
        {"cookie": "true"},
        {"secondFactor": 123456},
        {"unknown": "x"},
    ],
    ids=str,
)
async def test_a_body_that_does_not_fit(
    fakes: Fakes, client: httpx.AsyncClient, change: Json
) -> None:
    answer = answer_of(fakes, await begun(client), **change)

    assert (await client.post(FINISH, json=answer)).status_code == 422


async def test_a_second_factor_is_asked_for(fakes: Fakes, client: httpx.AsyncClient) -> None:
    signed_in = await client.post(FINISH, json=answer_of(fakes, await begun(client)))
    claims = fakes.access_tokens().read(signed_in.json()["accessToken"])
    fakes.second_factors.codes[claims.account_id] = "123456"
    answer = answer_of(fakes, await begun(client))

    asked = await client.post(FINISH, json=answer)
    wrong = await client.post(FINISH, json={**answer, "secondFactor": "000000"})
    right = await client.post(FINISH, json={**answer, "secondFactor": "123456"})

    assert (asked.status_code, asked.json()["type"]) == (401, "/problems/second-factor-required")
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/invalid-second-factor")
    assert right.status_code == 201


async def test_an_account_with_the_address_is_not_taken_over(
    fakes: Fakes, client: httpx.AsyncClient
) -> None:
    await add_account(fakes, email=SOMEBODY.email)

    response = await client.post(FINISH, json=answer_of(fakes, await begun(client)))

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/identity-not-linked"


async def test_closed_sign_ups(fakes: Fakes, client: httpx.AsyncClient) -> None:
    configuration = await fakes.configurations.load()
    closed = replace(configuration, sign_ups_open=False, version=configuration.version + 1)
    await fakes.configurations.replace(closed, fakes.clock.now())

    response = await client.post(FINISH, json=answer_of(fakes, await begun(client)))

    assert response.status_code == 409


async def test_a_provider_that_is_away_or_unknown(fakes: Fakes, client: httpx.AsyncClient) -> None:
    fakes.identity_providers.away = {"acme"}

    away = await client.post(BEGIN, json={})
    unknown = await client.post("/v1/providers/evil/authorizations", json={})

    assert (away.status_code, away.json()["type"]) == (503, "/problems/provider-unavailable")
    assert int(away.headers["retry-after"]) > 0
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/unknown-provider")


async def test_no_key_repeats_what_is_secret(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": '"7"'}

    assert (await client.post(BEGIN, json={}, headers=key)).status_code == 400
    assert (await client.post(FINISH, json={}, headers=key)).status_code == 400


class TestCookies:
    async def test_a_browser_has_the_ticket_in_a_cookie(
        self, fakes: Fakes, client: httpx.AsyncClient
    ) -> None:
        response = await client.post(BEGIN, json={"cookie": True}, headers=OWN_PAGE)
        ticket = cookies_of(response)["__Host-ticket"]

        assert response.json()["ticket"] is None
        assert ticket.value not in response.text
        assert (ticket["httponly"], ticket["secure"], ticket["samesite"]) == (True, True, "Strict")
        assert (ticket["path"], ticket["domain"], ticket["max-age"]) == ("/", "", "600")

        answer = answer_of(fakes, response.json(), cookie=True)
        headers = {**OWN_PAGE, "Cookie": f"__Host-ticket={ticket.value}"}
        finished = await client.post(FINISH, json=answer, headers=headers)

        assert finished.status_code == 201
        cookies = cookies_of(finished)
        assert (cookies["__Host-ticket"].value, cookies["__Host-ticket"]["max-age"]) == ("", "0")
        assert cookies["__Host-refresh"].value.startswith("rt_")
        assert cookies["__Host-refresh"].value not in finished.text

    async def test_another_browser_can_not_finish_it(
        self, fakes: Fakes, client: httpx.AsyncClient
    ) -> None:
        """An answer of an attacker's is worth nothing in a victim's browser, and vice versa."""
        first = await client.post(BEGIN, json={"cookie": True}, headers=OWN_PAGE)
        other = cookies_of(await client.post(BEGIN, json={"cookie": True}, headers=OWN_PAGE))
        answer = answer_of(fakes, first.json(), cookie=True)
        cookies = ({}, {"Cookie": f"__Host-ticket={other['__Host-ticket'].value}"})
        for cookie in cookies:
            refused = await client.post(FINISH, json=answer, headers={**OWN_PAGE, **cookie})
            assert refused.json()["type"] == "/problems/provider-sign-in-refused"
            assert "set-cookie" not in refused.headers

    async def test_a_cookie_counts_where_it_is_asked_for_alone(
        self, fakes: Fakes, client: httpx.AsyncClient
    ) -> None:
        told = await begun(client)
        cookie = {"Cookie": f"__Host-ticket={told['ticket']}"}

        answer = answer_of(fakes, told, ticket=None)
        refused = await client.post(FINISH, json=answer, headers=cookie)

        assert refused.status_code == 400

    @pytest.mark.parametrize("headers", [OTHER_PAGE, {}], ids=["other-page", "no-browser"])
    async def test_pages_of_other_sites_have_no_cookies(
        self, fakes: Fakes, client: httpx.AsyncClient, headers: dict[str, str]
    ) -> None:
        told = await begun(client)

        for response in (
            await client.post(BEGIN, json={"cookie": True}, headers=headers),
            await client.post(FINISH, json=answer_of(fakes, told, cookie=True), headers=headers),
        ):
            assert response.status_code == 403
            assert response.json()["type"] == "/problems/cross-site-request"
            assert "set-cookie" not in response.headers

    async def test_but_those_that_are_let_in(self, client_for_pages: httpx.AsyncClient) -> None:
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://app.example.org"}

        response = await client_for_pages.post(BEGIN, json={"cookie": True}, headers=headers)

        assert response.status_code == 201


class TestIdentities:
    async def test_an_identity_is_linked_listed_and_unlinked(
        self, fakes: Fakes, client: httpx.AsyncClient
    ) -> None:
        account = await add_account(fakes)
        await _set_password(fakes, account.id)
        confirmation = {"password": "correct horse battery"}
        client.headers.update(await bearer(fakes, account))
        told = await begun(
            client,
            f"{IDENTITIES}/authorizations",
            provider="acme",
            confirmation=confirmation,
        )
        linked = await client.post(IDENTITIES, json=answer_of(fakes, told))
        listed = await client.get(IDENTITIES)
        removal = f"{IDENTITIES}/{linked.json()['id']}/removal"
        unproved = await client.post(removal, json={})
        removed = await client.post(removal, json={"confirmation": confirmation})
        again = await client.post(removal, json={"confirmation": confirmation})

        assert linked.status_code == 201
        assert linked.json() == {
            "id": linked.json()["id"],
            "provider": "acme",
            "issuer": ISSUERS["acme"],
            "createdAt": "2026-01-01T00:00:00Z",
        }
        assert listed.json()["items"] == [linked.json()]
        assert unproved.status_code == 403
        assert (removed.status_code, again.status_code) == (204, 404)

    async def test_linking_wants_a_confirmation(
        self, fakes: Fakes, client: httpx.AsyncClient
    ) -> None:
        account = await add_account(fakes)
        await _set_password(fakes, account.id)
        client.headers.update(await bearer(fakes, account))
        for confirmation in ({}, {"password": "wrong"}):
            response = await client.post(
                f"{IDENTITIES}/authorizations",
                json={"provider": "acme", "confirmation": confirmation},
            )
            assert response.status_code == 403
            assert response.json()["type"] == "/problems/confirmation-required"

    async def test_a_page_may_have_the_ticket_in_a_cookie(
        self, fakes: Fakes, client: httpx.AsyncClient
    ) -> None:
        account = await add_account(fakes)
        await _set_password(fakes, account.id)
        body = {
            "provider": "acme",
            "confirmation": {"password": "correct horse battery"},
            "cookie": True,
        }
        client.headers.update(await bearer(fakes, account))
        other = await client.post(f"{IDENTITIES}/authorizations", json=body, headers=OTHER_PAGE)
        response = await client.post(f"{IDENTITIES}/authorizations", json=body, headers=OWN_PAGE)
        ticket = cookies_of(response)["__Host-ticket"].value
        cookie = {"Cookie": f"__Host-ticket={ticket}"}
        answer = answer_of(fakes, response.json(), cookie=True)
        foreign = await client.post(IDENTITIES, json=answer, headers={**OTHER_PAGE, **cookie})
        linked = await client.post(IDENTITIES, json=answer, headers={**OWN_PAGE, **cookie})

        assert other.status_code == foreign.status_code == 403
        assert linked.status_code == 201
        assert cookies_of(linked)["__Host-ticket"].value == ""


async def _set_password(fakes: Fakes, account_id: UUID) -> None:
    hashed = await fakes.password_hasher.hash("correct horse battery")
    now = fakes.clock.now()
    await fakes.unit_of_work.run(lambda stores: stores.passwords.put(account_id, hashed, now))


class TestThePage:
    async def test_each_provider_has_one(self, client: httpx.AsyncClient) -> None:
        page = await client.get("/sign-in/acme?code=SECRET&state=SECRET&iss=x")

        assert page.status_code == 200
        assert "Sign in with acme" in page.text
        assert 'data-provider="acme"' in page.text
        assert "SECRET" not in page.text
        policy = page.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert page.headers["referrer-policy"] == "no-referrer"

    @pytest.mark.parametrize("name", ["evil", "acme/x", "%3Cscript%3E"])
    async def test_nothing_else_has(self, client: httpx.AsyncClient, name: str) -> None:
        assert (await client.get(f"/sign-in/{name}")).status_code == 404
