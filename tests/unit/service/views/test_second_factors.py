"""Second factors and passkeys over HTTP."""

from base64 import b32decode
from urllib.parse import urlsplit

import httpx
import pytest

from domain.accounts.entities import Account
from domain.authentication.totp import code_at, step_at
from tests.authenticator import Authenticator, Json
from tests.token_keys import PLACE
from tests.unit.accounts import PASSWORD, add_with_password
from tests.unit.factors import A_STEP
from tests.unit.fakes import Fakes

CONFIRMED = {"confirmation": {"password": PASSWORD}}
UNKNOWN = "01900000-0000-7000-8000-00000000ffff"


@pytest.fixture
def fakes(fakes: Fakes) -> Fakes:
    """The fakes, with the second factors that accounts have."""
    fakes.second_factors = fakes.account_factors()
    return fakes


@pytest.fixture
async def account(fakes: Fakes) -> Account:
    return await add_with_password(fakes)


@pytest.fixture
async def headers(client: httpx.AsyncClient, account: Account) -> dict[str, str]:
    """What who is signed in sends."""
    return authorized(await sign_in(client, account))


def authorized(session: httpx.Response) -> dict[str, str]:
    assert session.status_code == 201, session.text
    return {"Authorization": f"Bearer {session.json()['accessToken']}"}


async def sign_in(client: httpx.AsyncClient, account: Account, **more: object) -> httpx.Response:
    body = {"email": account.email, "password": PASSWORD, **more}
    return await client.post("/v1/sessions", json=body)


def code_of(fakes: Fakes, secret: str) -> str:
    return code_at(b32decode(secret), step_at(fakes.clock.now()))


async def enable(
    client: httpx.AsyncClient, headers: dict[str, str], fakes: Fakes
) -> tuple[str, list[str]]:
    """Enable an app for codes; gives its secret and the recovery codes."""
    begun = await client.post("/v1/me/totp", json=CONFIRMED, headers=headers)
    assert begun.status_code == 201, begun.text
    secret = begun.json()["secret"]
    body = {"code": code_of(fakes, secret)}
    enabled = await client.post("/v1/me/totp/confirmation", json=body, headers=headers)
    assert enabled.status_code == 200, enabled.text
    fakes.clock.advance(A_STEP)
    return secret, enabled.json()["recoveryCodes"]


async def add_passkey(
    client: httpx.AsyncClient, headers: dict[str, str], device: Authenticator
) -> httpx.Response:
    asked = await client.post("/v1/me/passkeys/options", json=CONFIRMED, headers=headers)
    assert asked.status_code == 200, asked.text
    body = {
        "challengeId": asked.json()["challengeId"],
        "name": "my phone",
        "response": device.create(asked.json()["publicKey"]),
    }
    return await client.post("/v1/me/passkeys", json=body, headers=headers)


async def sign_in_by(client: httpx.AsyncClient, device: Authenticator) -> httpx.Response:
    asked = await client.post("/v1/sessions/passkey/options", json={})
    assert asked.status_code == 200, asked.text
    body: Json = {
        "challengeId": asked.json()["challengeId"],
        "response": device.get(asked.json()["publicKey"]),
    }
    return await client.post("/v1/sessions/passkey", json=body)


def authenticator() -> Authenticator:
    return Authenticator(origin=PLACE, rp_id=urlsplit(PLACE).hostname or "")


def problem_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_codes_are_asked_for_once_they_are_enabled(
    client: httpx.AsyncClient, headers: dict[str, str], fakes: Fakes, account: Account
) -> None:
    secret, codes = await enable(client, headers, fakes)
    by_password = await sign_in(client, account)
    wrong = await sign_in(client, account, code="000000")
    by_code = await sign_in(client, account, code=code_of(fakes, secret))
    again = await sign_in(client, account, code=code_of(fakes, secret))
    recovered = await sign_in(client, account, code=codes[0])

    assert problem_of(by_password) == (401, "second-factor-required")
    assert by_password.json()["methods"] == ["otp", "rcv"]
    assert problem_of(wrong) == problem_of(again) == (401, "invalid-second-factor")
    assert by_code.status_code == recovered.status_code == 201
    overview = await client.get("/v1/me/second-factors", headers=authorized(by_code))
    assert overview.json() == {
        "totpEnabledAt": "2026-01-01T00:00:00Z",
        "passkeys": 0,
        "recoveryCodes": 9,
    }


async def test_changes_are_confirmed_by_password_and_code(
    client: httpx.AsyncClient, headers: dict[str, str], fakes: Fakes
) -> None:
    secret, codes = await enable(client, headers, fakes)
    paths = ("/v1/me/recovery-codes", "/v1/me/totp/removal", "/v1/me/passkeys/options")
    attempts: list[Json] = [
        {},
        CONFIRMED,
        {"confirmation": {"code": codes[0]}},
        {"confirmation": {"password": "another", "code": codes[0]}},
        {"confirmation": {"password": PASSWORD, "code": "000000"}},
    ]
    for path in paths:
        for body in attempts[:2]:
            answer = await client.post(path, json=body, headers=headers)
            assert problem_of(answer) == (403, "confirmation-required")
    for body in attempts[2:]:
        answer = await client.post(paths[0], json=body, headers=headers)
        assert problem_of(answer) == (403, "confirmation-required")

    by_code = {"confirmation": {"password": PASSWORD, "code": code_of(fakes, secret)}}
    renewed = await client.post(paths[0], json=by_code, headers=headers)
    by_new = {"confirmation": {"password": PASSWORD, "code": renewed.json()["recoveryCodes"][0]}}
    removed = await client.post(paths[1], json=by_new, headers=headers)
    nothing_left = await client.post(paths[1], json=CONFIRMED, headers=headers)

    assert (renewed.status_code, len(renewed.json()["recoveryCodes"])) == (200, 10)
    assert (removed.status_code, removed.content) == (204, b"")
    assert problem_of(nothing_left) == (409, "conflict")


@pytest.mark.parametrize(
    "path, body",
    [
        ("/v1/me/password", {"password": "another long one of words"}),
        ("/v1/me/email", {"email": "new@example.org"}),
    ],
)
async def test_the_password_and_the_address_are_changed_with_a_code(
    client: httpx.AsyncClient, headers: dict[str, str], fakes: Fakes, path: str, body: Json
) -> None:
    secret, _ = await enable(client, headers, fakes)
    code = {"confirmation": {"password": PASSWORD, "code": code_of(fakes, secret)}}

    without = await client.put(path, json={**body, **CONFIRMED}, headers=headers)
    confirmed = await client.put(path, json={**body, **code}, headers=headers)
    again = await client.put(path, json={**body, **code}, headers=headers)

    assert problem_of(without) == problem_of(again) == (403, "confirmation-required")
    assert confirmed.is_success, confirmed.text


async def test_a_mail_tells_of_each_change(
    client: httpx.AsyncClient, headers: dict[str, str], fakes: Fakes, account: Account
) -> None:
    secret, codes = await enable(client, headers, fakes)
    while await fakes.mail_relay().deliver_batch():
        pass

    (mail,) = fakes.mailer.sent
    assert mail.recipient == account.email
    assert mail.subject == "What you sign in with was changed"
    assert "An app for codes was added" in mail.text
    assert not any(it in mail.text for it in (secret, *codes))


async def test_a_passkey_signs_its_account_in(
    client: httpx.AsyncClient, headers: dict[str, str], account: Account
) -> None:
    device = authenticator()

    added = await add_passkey(client, headers, device)
    by_password = await sign_in(client, account)
    by_passkey = await sign_in_by(client, device)

    assert added.status_code == 201, added.text
    assert len(added.json()["recoveryCodes"]) == 10
    assert problem_of(by_password) == (401, "second-factor-required")
    assert by_password.json()["methods"] == ["swk", "rcv"]
    assert by_passkey.status_code == 201, by_passkey.text
    assert by_passkey.json().keys() == {
        "accessToken",
        "tokenType",
        "expiresIn",
        "refreshToken",
        "deviceToken",
    }
    listed = await client.get("/v1/me/passkeys", headers=authorized(by_passkey))
    (passkey,) = listed.json()["items"]
    assert passkey == {
        "id": added.json()["id"],
        "name": "my phone",
        "createdAt": "2026-01-01T00:00:00Z",
        "lastUsedAt": "2026-01-01T00:00:00Z",
    }


async def test_a_passkey_that_was_removed_signs_nobody_in(
    client: httpx.AsyncClient, headers: dict[str, str], account: Account
) -> None:
    device = authenticator()
    added = (await add_passkey(client, headers, device)).json()
    code = {"confirmation": {"password": PASSWORD, "code": added["recoveryCodes"][0]}}

    unconfirmed = await client.post(
        f"/v1/me/passkeys/{added['id']}/removal", json=CONFIRMED, headers=headers
    )
    removed = await client.post(
        f"/v1/me/passkeys/{added['id']}/removal", json=code, headers=headers
    )
    unknown = await client.post(
        f"/v1/me/passkeys/{added['id']}/removal", json=CONFIRMED, headers=headers
    )

    assert problem_of(unconfirmed) == (403, "confirmation-required")
    assert removed.status_code == 204
    assert problem_of(unknown) == (404, "not-found")
    assert problem_of(await sign_in_by(client, device)) == (401, "invalid-passkey")
    assert (await sign_in(client, account)).status_code == 201


async def test_a_refresh_token_comes_in_a_cookie_where_a_page_asks_for_it(
    client_for_pages: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    device = authenticator()
    await add_passkey(client_for_pages, headers, device)
    bodies = []
    for _ in range(2):
        asked = (await client_for_pages.post("/v1/sessions/passkey/options", json={})).json()
        answered = device.get(asked["publicKey"])
        bodies.append({"challengeId": asked["challengeId"], "response": answered, "cookie": True})

    own = {"Origin": "https://app.example.org"}
    foreign = {"Origin": "https://evil.example.org"}
    started = await client_for_pages.post("/v1/sessions/passkey", json=bodies[0], headers=own)
    refused = await client_for_pages.post("/v1/sessions/passkey", json=bodies[1], headers=foreign)

    assert started.status_code == 201
    assert started.json()["refreshToken"] is None
    assert started.headers["set-cookie"].startswith("__Host-refresh=")
    assert problem_of(refused) == (403, "cross-site-request")


async def test_what_does_not_hold_is_told_as_what_it_is(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    asked = (await client.post("/v1/me/passkeys/options", json=CONFIRMED, headers=headers)).json()
    body = {"challengeId": asked["challengeId"], "name": "n", "response": {}}

    wrong = await client.post("/v1/me/passkeys", json=body, headers=headers)
    again = await client.post("/v1/me/passkeys", json=body, headers=headers)
    unknown = await client.post(
        "/v1/sessions/passkey", json={"challengeId": UNKNOWN, "response": {}}
    )
    code = await client.post("/v1/me/totp/confirmation", json={"code": "1"}, headers=headers)

    assert problem_of(wrong) == problem_of(code) == (422, "invalid-body")
    assert wrong.json()["errors"][0]["pointer"] == "#/response"
    assert code.json()["errors"][0]["pointer"] == "#/code"
    assert problem_of(again) == problem_of(unknown) == (400, "invalid-challenge")


async def test_who_guesses_codes_has_to_wait(
    client: httpx.AsyncClient, headers: dict[str, str], fakes: Fakes
) -> None:
    await client.post("/v1/me/totp", json=CONFIRMED, headers=headers)

    answers = [
        await client.post("/v1/me/totp/confirmation", json={"code": "1"}, headers=headers)
        for _ in range(11)
    ]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 1800


@pytest.mark.parametrize(
    "path, body, status",
    [
        ("/v1/me/totp", CONFIRMED, 201),
        ("/v1/me/passkeys/options", CONFIRMED, 200),
        ("/v1/sessions/passkey/options", {}, 200),
    ],
)
async def test_answers_with_a_secret_are_kept_by_nobody(
    client: httpx.AsyncClient, headers: dict[str, str], path: str, body: Json, status: int
) -> None:
    answer = await client.post(path, json=body, headers=headers)
    keyed = await client.post(path, json=body, headers={**headers, "Idempotency-Key": '"key"'})

    assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
    assert keyed.status_code == 400
