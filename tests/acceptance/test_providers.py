"""Signing in with a provider, from outside: a server, a provider, and a browser between them."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from domain.authentication.totp import code_at, step_at
from tests.acceptance.clients import client_of
from tests.acceptance.deployments import initialise
from tests.acceptance.server import Hypercorn
from tests.servers.browser import CHROMIUM_OPTIONS, chromium
from tests.servers.databases import own_mysql_database
from tests.servers.fixtures import unavailable
from tests.servers.provider import CLIENT_ID, CLIENT_SECRET, Claims, Provider, answer_json

BEGIN = "/v1/providers/acme/authorizations"
FINISH = "/v1/sessions/provider"
IDENTITIES = "/v1/me/identities"

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Servers on the same stores, the provider that they trust, and a client of both."""

    provider: Provider
    servers: list[Hypercorn]
    client: httpx.Client

    def answer(self) -> Json:
        """Begin, sign in at the provider as a browser would, and give what is to be handed in."""
        return self.answer_to(self.client.post(BEGIN, json={}))

    def answer_to(self, begun: httpx.Response) -> Json:
        """Give what is to be handed in for what was begun."""
        assert begun.status_code == 201, begun.text
        location = urlsplit(httpx.get(begun.json()["authorizationUrl"]).headers["Location"])
        assert location._replace(query="").geturl() == f"{self.servers[0].uri}/sign-in/acme"
        query = {name: value for name, (value,) in parse_qs(location.query).items()}
        return {**query, "provider": "acme", "ticket": begun.json()["ticket"]}

    def finish(self, answer: Json) -> httpx.Response:
        """Hand an answer in."""
        return self.client.post(FINISH, json=answer)


@pytest.fixture(scope="module", params=["embedded", pytest.param("mysql", marks=pytest.mark.mysql)])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """One process on SQLite, or two on MySQL; a provider without TLS is for development."""
    folder = tmp_path_factory.mktemp("providers")
    settings = {"FLASK_SQLITE_PATH": str(folder / "initialised.sqlite3")}
    with ExitStack() as stack:
        if request.param == "mysql":
            mysql = request.getfixturevalue("mysql_uri")
            settings["FLASK_MYSQL_URI"] = stack.enter_context(own_mysql_database(mysql))
            initialise(settings)
        provider = stack.enter_context(Provider())
        trusted = {
            "name": "acme",
            "issuer": provider.issuer,
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
        }
        settings["FLASK_OIDC_PROVIDERS"] = json.dumps([trusted])
        processes = 2 if request.param == "mysql" else 1
        servers = [Hypercorn(folder, settings) for _ in range(processes)]
        for number, server in enumerate(servers):
            server.environment["FLASK_PUBLIC_URL"] = servers[0].uri
            # What stands in for MongoDB is one process's alone.
            server.environment["FLASK_SQLITE_PATH"] = str(folder / f"{number}.sqlite3")
            stack.enter_context(server)
        provider.redirect_uris.add(f"{servers[0].uri}/sign-in/acme")
        client = stack.enter_context(client_of(*servers))
        del client.headers["Authorization"]
        yield Place(provider, servers, client)


@pytest.fixture(autouse=True)
def _well_behaved(place: Place) -> Iterator[None]:
    """Whatever a test has the provider do, it does no longer after it."""
    provider = place.provider
    claims = dict(provider.claims)
    yield
    provider.claims, provider.sign, provider.instead = claims, provider.signed, {}


def account_of(signed_in: httpx.Response) -> str:
    """Give the account that an access token is of; the service verifies it, not this."""
    assert signed_in.status_code == 201, signed_in.text
    payload = signed_in.json()["accessToken"].split(".")[1]
    account: str = json.loads(base64.urlsafe_b64decode(payload + "=="))["sub"]
    return account


def somebody(subject: str) -> Claims:
    return {"sub": subject, "email": f"{subject}@example.org", "email_verified": True}


def test_somebody_signs_in_again_and_again(place: Place) -> None:
    place.provider.claims = somebody("again")

    first, second = (place.finish(place.answer()) for _ in range(2))

    assert account_of(first) == account_of(second)
    refreshed = place.client.post(
        "/v1/sessions/refresh", json={"refreshToken": second.json()["refreshToken"]}
    )
    assert refreshed.status_code == 200
    assert first.headers["cache-control"] == "no-store"


def test_an_answer_that_is_handed_in_many_times_at_once_counts_once(place: Place) -> None:
    place.provider.claims = somebody("replayed")
    answer = place.answer()

    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(lambda _: place.finish(answer).status_code, range(20)))

    assert sorted(found) == [201] + [400] * 19


def test_somebody_who_comes_for_the_first_time_many_times_at_once_has_one_account(
    place: Place,
) -> None:
    place.provider.claims = somebody("parallel")
    answers = [place.answer() for _ in range(10)]

    with ThreadPoolExecutor(10) as threads:
        found = list(threads.map(place.finish, answers))

    assert len({account_of(it) for it in found}) == 1


def test_an_answer_without_its_ticket_is_worth_nothing(place: Place) -> None:
    place.provider.claims = somebody("stolen")
    own, stolen = place.answer(), place.answer()

    for attack in (
        {**stolen, "ticket": own["ticket"]},
        {**own, "code": stolen["code"]},
        {**own, "state": stolen["state"]},
        {**stolen, "ticket": ""},
        {**stolen, "iss": "https://evil.test"},
    ):
        assert place.finish(attack).status_code == 400


def with_second_factor(place: Place, subject: str) -> list[str]:
    """Make an account that asks for codes; gives its recovery codes."""
    place.provider.claims = somebody(subject)
    token = place.finish(place.answer()).json()["accessToken"]
    bearer = {"Authorization": f"Bearer {token}"}
    enrolment = place.client.post("/v1/me/totp", json={}, headers=bearer).json()
    code = code_at(base64.b32decode(enrolment["secret"]), step_at(datetime.now(UTC)))
    enabled = place.client.post("/v1/me/totp/confirmation", json={"code": code}, headers=bearer)
    assert enabled.status_code == 200, enabled.text
    codes: list[str] = enabled.json()["recoveryCodes"]
    return codes


def test_the_provider_is_one_factor_and_the_second_one_is_asked_for(place: Place) -> None:
    codes = with_second_factor(place, "careful")
    answer = place.answer()

    asked = place.finish(answer)
    wrong = place.finish({**answer, "secondFactor": "000000"})
    other = place.finish({**answer, "ticket": place.answer()["ticket"], "secondFactor": codes[0]})
    with ThreadPoolExecutor(10) as threads:
        right = {**answer, "secondFactor": codes[0]}
        found = list(threads.map(lambda _: place.finish(right).status_code, range(10)))

    assert asked.json()["type"] == "/problems/second-factor-required"
    assert wrong.json()["type"] == "/problems/invalid-second-factor"
    assert other.json()["type"] == "/problems/provider-sign-in-refused"
    assert found.count(201) == 1
    assert set(found) <= {201, 400}


def test_people_link_and_unlink_who_they_are_at_a_provider(place: Place) -> None:
    place.provider.claims = somebody("linking")
    signed_in = place.finish(place.answer())
    bearer = {"Authorization": f"Bearer {signed_in.json()['accessToken']}"}
    place.provider.claims = somebody("unconcerned")
    other = place.finish(place.answer())
    # It has no address that the provider has verified, which does not matter here.
    place.provider.claims = {"sub": "linked"}

    # An account without a password confirms by a session that is fresh.
    body = {"provider": "acme", "confirmation": {}}
    begun = place.client.post(f"{IDENTITIES}/authorizations", json=body, headers=bearer)
    answer = place.answer_to(begun)
    others = {"Authorization": f"Bearer {other.json()['accessToken']}"}
    begun_by_other = place.client.post(f"{IDENTITIES}/authorizations", json=body, headers=others)
    foreign = place.client.post(IDENTITIES, json=place.answer_to(begun_by_other), headers=bearer)
    nobodys = place.client.post(IDENTITIES, json=answer)
    linked = place.client.post(IDENTITIES, json=answer, headers=bearer)

    assert (foreign.status_code, nobodys.status_code, linked.status_code) == (400, 401, 201)
    assert account_of(place.finish(place.answer())) == account_of(signed_in)
    listed = place.client.get(IDENTITIES, headers=bearer).json()["items"]
    assert [it["provider"] for it in listed] == ["acme", "acme"]
    first, second = (f"{IDENTITIES}/{it['id']}/removal" for it in listed)
    removed = place.client.post(first, json={}, headers=bearer)
    last = place.client.post(second, json={}, headers=bearer)
    assert (removed.status_code, last.status_code) == (204, 409)
    assert last.json()["type"] == "/problems/last-way-in"


def status(code: int) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda request: answer_json(request, code, {})


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "n" * 43},
        {"iss": "https://evil.test"},
        {"aud": "another client"},
        {"exp": 1},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_is_refused(place: Place, claims: Claims) -> None:
    place.provider.claims = somebody("forged") | claims

    refused = place.finish(place.answer())

    assert refused.status_code == 400
    assert refused.json()["type"] == "/problems/provider-sign-in-refused"


def test_an_address_that_the_provider_has_not_verified_makes_no_account(place: Place) -> None:
    place.provider.claims = somebody("unverified") | {"email_verified": False}

    refused = place.finish(place.answer())

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/provider-email-not-verified"


def test_an_address_that_an_account_has_is_not_taken_over(place: Place) -> None:
    place.provider.claims = somebody("owner")
    assert place.finish(place.answer()).status_code == 201
    place.provider.claims = somebody("another") | {"email": "OWNER@example.org"}

    refused = place.finish(place.answer())

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/identity-not-linked"


@pytest.mark.parametrize("path", ["/token", "/userinfo"])
def test_a_provider_that_fails_is_unavailable_and_nobody_signs_in(place: Place, path: str) -> None:
    # Without an address in the token, userinfo is asked.
    place.provider.claims = {"sub": "failing"}
    answer = place.answer()
    place.provider.instead[path] = status(503)

    failed = place.finish(answer)

    assert failed.status_code == 503
    assert failed.json()["type"] == "/problems/provider-unavailable"
    assert "retry-after" in failed.headers
    for server in place.servers:
        for secret in (answer["code"], answer["ticket"], CLIENT_SECRET):
            assert secret not in server.output()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    program = chromium()
    if program is None:
        unavailable("Chromium is not installed")
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield browser


@pytest.fixture
async def page(browser: Browser, place: Place) -> AsyncIterator[Page]:
    """A page of the first server, whose script must not fail."""
    page = await browser.new_page(base_url=place.servers[0].uri)
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    assert failures == []


async def cookies(page: Page) -> dict[str, Any]:
    return {cookie["name"]: cookie for cookie in await page.context.cookies()}


@pytest.mark.browser
class TestInABrowser:
    async def test_the_page_signs_somebody_in(self, place: Place, page: Page) -> None:
        place.provider.claims = somebody("browser")
        await page.goto("/sign-in/acme")
        await page.get_by_role("button", name="Sign in with acme").click()

        await expect(page.get_by_role("status")).to_have_text("You are signed in.")
        # Neither the address nor the way back has the code.
        assert page.url == f"{place.servers[0].uri}/sign-in/acme"
        kept = await cookies(page)
        assert kept["__Host-refresh"]["httpOnly"]
        assert kept["__Host-refresh"]["sameSite"] == "Strict"
        assert "__Host-ticket" not in kept
        await page.reload()
        await expect(page.get_by_role("button", name="Sign in with acme")).to_be_visible()

    async def test_the_page_asks_for_a_second_factor(self, place: Place, page: Page) -> None:
        codes = with_second_factor(place, "careful-browser")
        await page.goto("/sign-in/acme")
        await page.get_by_role("button", name="Sign in with acme").click()
        await expect(page.get_by_role("status")).to_contain_text("second factor")
        for code, told in (("000000", "wrong"), (codes[0], "You are signed in.")):
            await page.get_by_label("Code of your app").fill(code)
            await page.get_by_role("button", name="Go on").click()
            await expect(page.get_by_role("status")).to_contain_text(told)

        assert "__Host-refresh" in await cookies(page)

    async def test_an_answer_of_an_attackers_signs_nobody_in(
        self, place: Place, page: Page
    ) -> None:
        place.provider.claims = somebody("attacker")
        answer = place.answer()
        query = httpx.QueryParams({name: answer[name] for name in ("code", "state", "iss")})

        await page.goto("/sign-in/acme")
        await page.goto(f"/sign-in/acme?{query}")

        await expect(page.get_by_role("status")).to_contain_text("does not hold")
        assert await cookies(page) == {}

    async def test_somebody_who_did_not_want_to_is_told_so(self, page: Page) -> None:
        await page.goto("/sign-in/acme?error=access_denied&state=x")

        await expect(page.get_by_role("status")).to_have_text("acme has not signed you in.")
        await expect(page.get_by_role("button", name="Sign in with acme")).to_be_visible()

    async def test_a_provider_that_is_away_is_told_of(self, place: Place, page: Page) -> None:
        place.provider.claims = {"sub": "away"}
        place.provider.instead["/token"] = status(503)
        await page.goto("/sign-in/acme")
        await page.get_by_role("button", name="Sign in with acme").click()

        await expect(page.get_by_role("status")).to_contain_text("Begin anew later.")
