"""Sign-ups, passwords and addresses over HTTP."""

import logging

import httpx
import pytest

from domain.accounts.entities import Account
from domain.authentication.entities import ACCESS_TOKEN_LIFE, AccessClaims, Session
from tests.unit.accounts import PASSWORD, add_session, add_with_password, live_sessions
from tests.unit.domain.authentication.people import tokens_in
from tests.unit.fakes import Fakes

ACCOUNTS = "/v1/accounts"
VERIFICATION = "/v1/accounts/verification"
RESEND = "/v1/accounts/verification/resend"
RESETS = "/v1/password-resets"
RESET = "/v1/password-resets/confirmation"
MY_PASSWORD = "/v1/me/password"
MY_EMAIL = "/v1/me/email"
MY_NEW_EMAIL = "/v1/me/email/confirmation"

NEW = "battery staple"
EMAIL = "ann@example.org"
NOBODY = "nobody@example.org"
CONFIRMED = {"confirmation": {"password": PASSWORD}}

# What differs from one answer to the next, whatever was asked.
OF_THIS_ANSWER = {"date", "x-request-id", "server-timing", "ratelimit"}


@pytest.fixture
async def account(fakes: Fakes) -> Account:
    return await add_with_password(fakes, email=EMAIL)


@pytest.fixture
async def session(fakes: Fakes, account: Account, client: httpx.AsyncClient) -> Session:
    """Sign the client in."""
    session, now = await add_session(fakes, account), fakes.clock.now()
    claims = AccessClaims(
        account_id=account.id,
        session_id=session.id,
        issued_at=now,
        expires_at=now + ACCESS_TOKEN_LIFE,
    )
    client.headers["Authorization"] = f"Bearer {fakes.access_tokens().issue(claims)}"
    return session


async def sent_tokens(fakes: Fakes) -> list[str]:
    """Send the mails that wait, and give the tokens in them."""
    before = len(fakes.mailer.sent)
    while await fakes.mail_relay().deliver_batch():
        pass
    return [token for mail in fakes.mailer.sent[before:] for token in tokens_in(mail)]


async def signs_in(client: httpx.AsyncClient, email: str, password: str) -> bool:
    response = await client.post("/v1/sessions", json={"email": email, "password": password})
    return response.status_code == 201


async def test_people_sign_up_confirm_and_sign_in(fakes: Fakes, client: httpx.AsyncClient) -> None:
    body = {"email": EMAIL, "password": PASSWORD, "name": "Ann"}
    signed_up = await client.post(ACCOUNTS, json=body)
    assert not await signs_in(client, EMAIL, PASSWORD)
    (token,) = await sent_tokens(fakes)
    wrong = await client.post(VERIFICATION, json={"token": token, "password": NEW})
    verified = await client.post(VERIFICATION, json={"token": token, "password": PASSWORD})
    again = await client.post(VERIFICATION, json={"token": token, "password": PASSWORD})

    assert signed_up.status_code == 202
    assert signed_up.json() == {
        "detail": "If this address is of use for that, a mail is on its way."
    }
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "#/password"
    assert (verified.status_code, verified.content) == (204, b"")
    assert (again.status_code, again.json()["type"]) == (400, "/problems/invalid-one-time-token")
    assert await signs_in(client, EMAIL, PASSWORD)


async def test_the_mail_is_sent_again(fakes: Fakes, client: httpx.AsyncClient) -> None:
    await client.post(ACCOUNTS, json={"email": EMAIL, "password": PASSWORD})
    await sent_tokens(fakes)

    resent = await client.post(RESEND, json={"email": EMAIL})

    assert resent.status_code == 202
    (token,) = await sent_tokens(fakes)
    verified = await client.post(VERIFICATION, json={"token": token, "password": PASSWORD})
    assert verified.status_code == 204


async def test_sign_ups_are_closed_by_the_configuration(
    fakes: Fakes, client: httpx.AsyncClient
) -> None:
    await fakes.use_cases().configuration.change({"sign_ups_open": False})

    response = await client.post(ACCOUNTS, json={"email": EMAIL, "password": PASSWORD})

    assert (response.status_code, response.json()["type"]) == (409, "/problems/sign-ups-closed")
    assert await fakes.pending_mails() == []


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("path", [ACCOUNTS, RESEND, RESETS])
async def test_no_answer_tells_whether_an_account_exists(
    client: httpx.AsyncClient, path: str
) -> None:
    password = {"password": "a good one too"} if path == ACCOUNTS else {}

    known, unknown = [
        await client.post(path, json={"email": email, **password}) for email in (EMAIL, NOBODY)
    ]

    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert told(known) == told(unknown)


def told(response: httpx.Response) -> dict[str, str]:
    return {name: it for name, it in response.headers.items() if name not in OF_THIS_ANSWER}


@pytest.mark.parametrize(
    "body,pointer",
    [
        ({"email": "no address", "password": PASSWORD}, "#/email"),
        ({"email": "a@b.org,c@d.org", "password": PASSWORD}, "#/email"),
        ({"email": EMAIL, "password": "short"}, "#/password"),
        ({"email": EMAIL, "password": "password1"}, "#/password"),
        ({"email": EMAIL, "password": PASSWORD, "name": "\u200b"}, "#/name"),
    ],
)
async def test_what_does_not_fit_is_pointed_at_and_not_quoted(
    client: httpx.AsyncClient, body: dict[str, str], pointer: str
) -> None:
    response = await client.post(ACCOUNTS, json=body)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert body["password"] not in response.text


async def test_too_many_mails_to_one_address_are_refused_until_later(
    client: httpx.AsyncClient,
) -> None:
    answers = [await client.post(RESETS, json={"email": EMAIL}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert answers[-1].json()["type"] == "/problems/too-many-attempts"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600


@pytest.mark.parametrize("path", [ACCOUNTS, VERIFICATION, RESET])
async def test_no_answer_to_a_password_is_kept_under_a_key(
    client: httpx.AsyncClient, path: str
) -> None:
    """A fast hash of the body would be kept with it, by which the password could be guessed."""
    body = {"password": PASSWORD, **({"email": EMAIL} if path == ACCOUNTS else {"token": "t" * 43})}

    response = await client.post(path, json=body, headers={"Idempotency-Key": '"k"'})

    assert response.status_code == 400
    assert response.json()["type"] == "/problems/invalid-idempotency-key"


async def test_a_mail_is_asked_for_once_under_one_key(
    fakes: Fakes, client: httpx.AsyncClient
) -> None:
    for _ in range(3):
        response = await client.post(
            RESETS, json={"email": EMAIL}, headers={"Idempotency-Key": '"k"'}
        )
        assert response.status_code == 202

    assert len(await fakes.pending_mails()) == 1


async def test_a_forgotten_password_is_replaced(
    fakes: Fakes, client: httpx.AsyncClient, account: Account
) -> None:
    await add_session(fakes, account)
    await client.post(RESETS, json={"email": EMAIL})
    (token,) = await sent_tokens(fakes)

    refused = await client.post(RESET, json={"token": token, "password": "password"})
    reset = await client.post(RESET, json={"token": token, "password": NEW})
    again = await client.post(RESET, json={"token": token, "password": PASSWORD})

    assert (refused.status_code, reset.status_code, again.status_code) == (422, 204, 400)
    assert await live_sessions(fakes, account) == []
    assert await signs_in(client, EMAIL, NEW)
    assert not await signs_in(client, EMAIL, PASSWORD)


async def test_people_change_their_password(
    fakes: Fakes, client: httpx.AsyncClient, account: Account, session: Session
) -> None:
    await add_session(fakes, account)

    missing = await client.put(MY_PASSWORD, json={"password": NEW})
    changed = await client.put(MY_PASSWORD, json={"password": NEW, **CONFIRMED})

    assert missing.status_code == 403
    assert missing.json()["type"] == "/problems/confirmation-required"
    assert changed.status_code == 204
    assert [it.id for it in await live_sessions(fakes, account)] == [session.id]
    assert await signs_in(client, EMAIL, NEW)


@pytest.mark.usefixtures("session")
async def test_people_change_their_address(fakes: Fakes, client: httpx.AsyncClient) -> None:
    asked = await client.put(MY_EMAIL, json={"email": "new@example.org", **CONFIRMED})
    (token,) = await sent_tokens(fakes)
    unknown = await client.post(MY_NEW_EMAIL, json={"token": "t" * 43})
    confirmed = await client.post(MY_NEW_EMAIL, json={"token": token})

    assert asked.status_code == 202
    assert [mail.recipient for mail in fakes.mailer.sent] == ["new@example.org", EMAIL]
    assert (unknown.status_code, confirmed.status_code) == (400, 204)
    assert (await client.get("/v1/me")).json()["email"] == "new@example.org"
    assert await signs_in(client, "new@example.org", PASSWORD)


@pytest.mark.parametrize(
    "path,body",
    [
        (MY_PASSWORD, {"password": NEW, **CONFIRMED}),
        (MY_EMAIL, {"email": NOBODY, **CONFIRMED}),
    ],
)
async def test_nobody_changes_what_somebody_signs_in_with(
    client: httpx.AsyncClient, path: str, body: dict[str, object]
) -> None:
    del client.headers["Authorization"]

    assert (await client.put(path, json=body)).status_code == 401


@pytest.mark.usefixtures("session")
async def test_no_password_and_no_token_is_logged(
    fakes: Fakes, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [PASSWORD, NEW, "yet another one"]

    await client.post(ACCOUNTS, json={"email": NOBODY, "password": PASSWORD})
    await client.post(RESETS, json={"email": EMAIL})
    sign_up, reset = await sent_tokens(fakes)
    await client.post(VERIFICATION, json={"token": sign_up, "password": "a wrong one"})
    await client.post(VERIFICATION, json={"token": sign_up, "password": PASSWORD})
    await client.put(MY_PASSWORD, json={"password": NEW, **CONFIRMED})
    await client.put(MY_EMAIL, json={"email": "x@example.org", "confirmation": {"password": NEW}})
    await client.post(RESET, json={"token": reset, "password": "yet another one"})
    told = str(await fakes.pending()) + str(await fakes.recorded())

    for secret in [*secrets, sign_up, reset, *await sent_tokens(fakes)]:
        assert secret not in caplog.text
        assert secret not in told
