"""Signing in and going on over HTTP."""

import logging
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest

from domain.accounts.entities import Account
from domain.authentication.guesses import BY_ACCOUNT
from tests.unit.accounts import PASSWORD, add_with_password, live_sessions
from tests.unit.fakes import Fakes

SESSIONS = "/v1/sessions"
REFRESH = "/v1/sessions/refresh"
WRONG = "incorrect horse"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def account(fakes: Fakes) -> Account:
    return await add_with_password(fakes)


async def sign_in(
    client: httpx.AsyncClient,
    account: Account,
    password: str = PASSWORD,
    headers: dict[str, str] | None = None,
    **others: object,
) -> httpx.Response:
    body = {"email": account.email, "password": password, **others}
    return await client.post(SESSIONS, json=body, headers=headers)


def refresh_cookie(response: httpx.Response) -> Morsel[str]:
    (header,) = response.headers.get_list("set-cookie")
    return SimpleCookie(header)["__Host-refresh"]


def with_cookie(value: str, **headers: str) -> dict[str, str]:
    return {"Cookie": f"__Host-refresh={value}", **OWN_PAGE, **headers}


async def test_signing_in_gives_tokens(
    fakes: Fakes, client: httpx.AsyncClient, account: Account
) -> None:
    response = await sign_in(client, account, headers={"User-Agent": "Imp/1.0\t" + "x" * 300})

    assert response.status_code == 201
    told = response.json()
    (session,) = await live_sessions(fakes, account)
    assert fakes.access_tokens().read(told.pop("accessToken")).session_id == session.id
    assert told.pop("refreshToken").startswith("rt_")
    assert told.pop("deviceToken").startswith("dt_")
    assert told == {"tokenType": "Bearer", "expiresIn": 600}
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    assert session.address == "127.0.0.1"
    assert session.device.startswith("Imp/1.0 ")
    assert len(session.device) == 200


async def test_refusals_are_alike(client: httpx.AsyncClient, account: Account) -> None:
    wrong = await sign_in(client, account, WRONG)
    unknown = await client.post(SESSIONS, json={"email": "no address", "password": PASSWORD})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["type"] == "/problems/invalid-credentials"
    assert wrong.json() | {"requestId": ""} == unknown.json() | {"requestId": ""}
    differing = {"x-request-id", "ratelimit", "content-length", "server-timing"}
    headers = [
        {name: value for name, value in it.headers.items() if name not in differing}
        for it in (wrong, unknown)
    ]
    assert headers[0] == headers[1]


async def test_a_second_factor_is_asked_for(
    fakes: Fakes, client: httpx.AsyncClient, account: Account
) -> None:
    fakes.second_factors.codes[account.id] = "123456"

    asked = await sign_in(client, account)
    wrong = await sign_in(client, account, code="000000")
    right = await sign_in(client, account, code="123456")

    assert asked.status_code == wrong.status_code == 401
    assert asked.json()["type"] == "/problems/second-factor-required"
    assert asked.json()["methods"] == ["totp"]
    assert wrong.json()["type"] == "/problems/invalid-second-factor"
    assert right.status_code == 201


async def test_guesses_are_stopped_and_a_known_device_is_not(
    client: httpx.AsyncClient, account: Account
) -> None:
    device_token = (await sign_in(client, account)).json()["deviceToken"]
    for _ in range(BY_ACCOUNT.quota):
        assert (await sign_in(client, account, WRONG)).status_code == 401

    stopped = await sign_in(client, account)
    known = await sign_in(client, account, deviceToken=device_token)

    assert stopped.status_code == 429
    assert stopped.json()["type"] == "/problems/too-many-attempts"
    assert 0 < int(stopped.headers["retry-after"]) <= 360
    assert known.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "a@example.org"},
        {"email": "a@example.org", "password": None},
        {"email": "a@example.org", "password": "p" * 1001},
        {"email": "a" * 255, "password": "p"},
        {"email": "a@example.org", "password": "p", "cookie": "true"},
        {"email": "a@example.org", "password": "p", "role": "admin"},
    ],
    ids=str,
)
async def test_what_does_not_fit_is_refused_and_not_repeated(
    client: httpx.AsyncClient, body: dict[str, object]
) -> None:
    response = await client.post(SESSIONS, json=body)

    assert response.status_code == 422
    assert "pppp" not in response.text


async def test_an_answer_with_tokens_is_kept_under_no_key(
    fakes: Fakes, client: httpx.AsyncClient, account: Account
) -> None:
    response = await sign_in(client, account, headers={"Idempotency-Key": '"a-key"'})

    assert response.status_code == 400
    assert await live_sessions(fakes, account) == []


async def test_a_session_goes_on(client: httpx.AsyncClient, account: Account) -> None:
    first = (await sign_in(client, account)).json()

    response = await client.post(REFRESH, json={"refreshToken": first["refreshToken"]})
    again = await client.post(REFRESH, json={"refreshToken": first["refreshToken"]})

    assert response.status_code == again.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert response.json()["refreshToken"] == again.json()["refreshToken"]
    assert response.json()["refreshToken"] != first["refreshToken"]
    assert response.json()["deviceToken"] is None


@pytest.mark.parametrize("token", ["", "rt_", "rt_" + "A" * 107, "ey.J.x"])
async def test_what_is_no_refresh_token_is_refused(client: httpx.AsyncClient, token: str) -> None:
    response = await client.post(REFRESH, json={"refreshToken": token})

    assert response.status_code == 401
    assert response.json()["type"] == "/problems/invalid-token"
    assert "set-cookie" not in response.headers


async def test_an_access_token_refreshes_nothing(
    client: httpx.AsyncClient, account: Account
) -> None:
    token = (await sign_in(client, account)).json()["accessToken"]

    assert (await client.post(REFRESH, json={"refreshToken": token})).status_code == 401


async def test_a_browser_gets_the_refresh_token_in_a_cookie_alone(
    client: httpx.AsyncClient, account: Account
) -> None:
    response = await sign_in(client, account, cookie=True, headers=OWN_PAGE)

    assert response.status_code == 201
    assert response.json()["refreshToken"] is None
    cookie = refresh_cookie(response)
    assert cookie.value.startswith("rt_")
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert int(cookie["max-age"]) == 30 * 86_400
    assert response.headers["cache-control"] == "no-store"


async def test_a_browser_goes_on_by_its_cookie(client: httpx.AsyncClient, account: Account) -> None:
    first = refresh_cookie(await sign_in(client, account, cookie=True, headers=OWN_PAGE)).value
    client.cookies.clear()

    response = await client.post(REFRESH, json={}, headers=with_cookie(first))

    assert response.status_code == 200
    assert response.json()["refreshToken"] is None
    assert refresh_cookie(response).value not in {first, ""}


async def test_a_cookie_that_does_not_hold_is_taken_away(client: httpx.AsyncClient) -> None:
    for headers in (OWN_PAGE, with_cookie("rt_")):
        response = await client.post(REFRESH, json={}, headers=headers)

        assert response.status_code == 401
        assert refresh_cookie(response)["max-age"] == "0"


SENDERS = [
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "http://service.test"}, True),
    ({"Origin": "http://service.test"}, True),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "https://app.example.org"}, True),
    ({"Sec-Fetch-Site": "same-site", "Origin": "https://app.example.org"}, True),
    ({}, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "http://service.test"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "https://evil.example.org"}, False),
    ({"Origin": "http://service.test.example.org"}, False),
    ({"Origin": "https://service.test"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example.org"}, False),
    ({"Referer": "http://service.test/"}, False),
]


@pytest.mark.parametrize("sender,passes", SENDERS, ids=str)
async def test_no_other_site_can_use_the_cookie(
    fakes: Fakes,
    client_for_pages: httpx.AsyncClient,
    account: Account,
    sender: dict[str, str],
    *,
    passes: bool,
) -> None:
    client = client_for_pages
    first = await sign_in(client, account, cookie=True, headers=OWN_PAGE)
    token = refresh_cookie(first).value
    client.cookies.clear()

    refreshed = await client.post(
        REFRESH, json={}, headers={"Cookie": f"__Host-refresh={token}", **sender}
    )
    signed_in = await sign_in(client, account, cookie=True, headers=sender)

    assert refreshed.status_code == (200 if passes else 403)
    assert signed_in.status_code == (201 if passes else 403)
    if not passes:
        assert refreshed.json()["type"] == "/problems/cross-site-request"
        assert "set-cookie" not in refreshed.headers
        assert len(await live_sessions(fakes, account)) == 1


async def test_a_form_of_another_site_is_no_request(
    client: httpx.AsyncClient, account: Account
) -> None:
    """A page can send a form, or text, without asking; JSON it can't."""
    first = refresh_cookie(await sign_in(client, account, cookie=True, headers=OWN_PAGE)).value

    for media_type in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
        headers = with_cookie(first, **{"Content-Type": media_type})
        assert (await client.post(REFRESH, content="{}", headers=headers)).status_code == 415


async def test_no_log_and_no_problem_has_a_secret(
    fakes: Fakes,
    client: httpx.AsyncClient,
    account: Account,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    fakes.second_factors.codes[account.id] = "987654"
    refused = [
        await sign_in(client, account, WRONG),
        await sign_in(client, account),
        await sign_in(client, account, code="135791"),
        await client.post(SESSIONS, json={"email": [], "password": PASSWORD, "code": 987654}),
        await client.post(SESSIONS, content=f'{{"password": "{PASSWORD}", '.encode()),
    ]
    told = (await sign_in(client, account, code="987654")).json()
    by_cookie = await sign_in(client, account, code="987654", cookie=True, headers=OWN_PAGE)
    cookie = refresh_cookie(by_cookie).value
    refused.append(await client.post(REFRESH, json={"refreshToken": told["accessToken"]}))
    refreshed = await client.post(REFRESH, json={"refreshToken": told["refreshToken"]})
    tokens = {told["accessToken"], told["refreshToken"], told["deviceToken"], cookie}
    tokens |= {refreshed.json()["refreshToken"], refreshed.json()["accessToken"]}

    secrets = {PASSWORD, WRONG, "987654", "135791", *tokens}
    log = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    texts = [log, *(it.text for it in refused), *map(str, await fakes.pending())]
    for text in texts:
        assert not any(secret in text for secret in secrets)
