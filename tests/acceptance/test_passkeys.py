"""Passkeys in a real browser, with an authenticator that the browser itself plays."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page

from adapters.security.passwords import Argon2PasswordHasher
from service import wiring
from service.settings import load_settings
from service.wiring.use_cases import AnyStores
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.server import Hypercorn
from tests.contracts.examples import new_account

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

# What a page of the service does. Its policy lets it fetch from its own origin alone.
SCRIPT = """
    async ({email, password, name, step, token, confirmation}) => {
        const call = async (method, path, body) => {
            const headers = {"Content-Type": "application/json"};
            if (token) headers.Authorization = `Bearer ${token}`;
            const answer = await fetch(path, {method, headers, body: JSON.stringify(body)});
            const text = await answer.text();
            return {status: answer.status, body: text ? JSON.parse(text) : null};
        };
        const steps = {
            signIn: () => call("POST", "/v1/sessions", {email, password}),
            factors: () => call("GET", "/v1/me/second-factors"),
            passkeys: () => call("GET", "/v1/me/passkeys"),
            add: async () => {
                const asked = await call("POST", "/v1/me/passkeys/options", {confirmation});
                if (asked.status !== 200) return asked;
                const {challengeId, publicKey} = asked.body;
                const made = await navigator.credentials.create({
                    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
                });
                const body = {challengeId, name, response: made.toJSON()};
                return call("POST", "/v1/me/passkeys", body);
            },
            signInByPasskey: async () => {
                const {body} = await call("POST", "/v1/sessions/passkey/options", {});
                const {challengeId, publicKey} = body;
                const found = await navigator.credentials.get({
                    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
                });
                const answered = {challengeId, response: found.toJSON()};
                const first = await call("POST", "/v1/sessions/passkey", answered);
                const again = await call("POST", "/v1/sessions/passkey", answered);
                return {...first, again};
            },
        };
        return steps[step]();
    }
"""

Json = dict[str, Any]


@pytest.fixture
def server(tmp_path: Path) -> Hypercorn:
    """The project under the name that browsers take for a passkey's host; not started."""
    settings = {"FLASK_SQLITE_PATH": str(tmp_path / "embedded.sqlite3")}
    server = Hypercorn(tmp_path, settings)
    server.environment["FLASK_PUBLIC_URL"] = f"http://localhost:{server.port}"
    return server


@pytest.fixture
async def email(server: Hypercorn) -> str:
    """The address of an account; it is there before the server has the file to itself."""
    wired = wiring.wire(load_settings(server.environment, None))
    account = new_account()
    hashed = await Argon2PasswordHasher().hash(PASSWORD)

    async def add(stores: AnyStores) -> None:
        await stores.accounts.add(account)
        await stores.passwords.put(account.id, hashed, account.created_at)

    async with wired.opened():
        await wired.adapters.unit_of_work.run(add)
    return account.email


@pytest.fixture
async def page(browser: Browser, server: Hypercorn, email: str) -> AsyncIterator[Page]:
    with server:
        page = await browser.new_page(base_url=f"http://localhost:{server.port}")
        await page.goto("/docs")
        yield page
        await page.close()


@pytest.fixture
async def authenticator(page: Page) -> tuple[CDPSession, str]:
    """The authenticator, by the session that it listens to and its id."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    added = await session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session, added["authenticatorId"]


async def does(page: Page, step: str, **values: object) -> Json:
    done: Json = await page.evaluate(SCRIPT, {"step": step, "password": PASSWORD, **values})
    return done


async def test_who_added_a_passkey_signs_in_by_it(
    page: Page, email: str, authenticator: tuple[CDPSession, str]
) -> None:
    by_password = await does(page, "signIn", email=email)
    assert by_password["status"] == 201, by_password
    token = by_password["body"]["accessToken"]

    unconfirmed = await does(page, "add", token=token, name="laptop", confirmation={})
    added = await does(page, "add", token=token, name="laptop", confirmation={"password": PASSWORD})
    without = await does(page, "signIn", email=email)
    signed_in = await does(page, "signInByPasskey")

    assert unconfirmed["status"] == 403, unconfirmed
    assert added["status"] == 201, added
    assert len(added["body"]["recoveryCodes"]) == 10
    assert (without["status"], without["body"]["methods"]) == (401, ["swk", "rcv"])
    assert signed_in["status"] == 201, signed_in
    assert signed_in["again"]["body"]["type"] == "/problems/invalid-challenge"
    token = signed_in["body"]["accessToken"]
    factors = await does(page, "factors", token=token)
    assert factors["body"] == {"totpEnabledAt": None, "passkeys": 1, "recoveryCodes": 10}
    (passkey,) = (await does(page, "passkeys", token=token))["body"]["items"]
    assert passkey["name"] == "laptop"
    assert passkey["lastUsedAt"] is not None


async def test_a_passkey_stands_for_a_code_where_its_session_is_fresh(
    page: Page, email: str, authenticator: tuple[CDPSession, str]
) -> None:
    session, authenticator_id = authenticator
    confirmation = {"password": PASSWORD}
    by_password = (await does(page, "signIn", email=email))["body"]["accessToken"]
    await does(page, "add", token=by_password, name="one", confirmation=confirmation)
    by_passkey = (await does(page, "signInByPasskey"))["body"]["accessToken"]
    # A browser makes no second passkey of one account in an authenticator that has one.
    await session.send("WebAuthn.clearCredentials", {"authenticatorId": authenticator_id})

    refused = await does(page, "add", token=by_password, name="two", confirmation=confirmation)
    added = await does(page, "add", token=by_passkey, name="two", confirmation=confirmation)

    assert refused["body"]["type"] == "/problems/confirmation-required"
    assert added["status"] == 201, added
    assert added["body"]["recoveryCodes"] is None


async def test_a_browser_has_its_user_verified(
    page: Page, email: str, authenticator: tuple[CDPSession, str]
) -> None:
    session, authenticator_id = authenticator
    token = (await does(page, "signIn", email=email))["body"]["accessToken"]
    await does(page, "add", token=token, name="one", confirmation={"password": PASSWORD})
    await session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator_id, "isUserVerified": False}
    )

    with pytest.raises(Exception, match="NotAllowedError"):
        await does(page, "signInByPasskey")
