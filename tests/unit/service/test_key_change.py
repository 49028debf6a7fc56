"""What holds when FLASK_SECRET_KEY changes, from outside and by the real wiring."""

import json
from base64 import b32decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from flask import Flask

from adapters.memory.passwords import FastPasswordHasher
from domain.accounts.entities import Account
from domain.authentication.totp import code_at, step_at
from domain.permissions import Role
from service.application import create_app
from service.asgi import FlaskToAsgi
from service.asgi.testing import AsyncTestClient
from service.settings import Settings, load_settings
from service.wiring.adapters import Adapters, fakes
from service.wiring.use_cases import use_cases
from tests.contracts.test_accounts import make_account

PASSWORD = "correct horse battery staple"
OLD, NEW = "q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe", "w3Kf8uYb2QsX6tRm9ZpE4gVj7HcN1dLa"


def under(key: str, *fallbacks: str) -> Settings:
    others = {"FLASK_SECRET_KEY_FALLBACKS": json.dumps(fallbacks)} if fallbacks else {}
    environ = {"FLASK_CONFIG": "testing", "FLASK_SECRET_KEY": key, **others}
    return load_settings(environ, dotenv=None)


@pytest.fixture
def adapters() -> Adapters:
    """The stores, which all processes share."""
    return fakes(under(OLD), lambda: None, lambda: None)


@pytest.fixture
async def account(adapters: Adapters) -> Account:
    now = datetime.now(UTC)
    account = make_account(role=Role.ADMIN, verified_at=now)
    hashed = await FastPasswordHasher().hash(PASSWORD)
    await adapters.unit_of_work.run(lambda stores: stores.accounts.add(account))
    await adapters.unit_of_work.run(lambda stores: stores.passwords.put(account.id, hashed, now))
    return account


@asynccontextmanager
async def serving(settings: Settings, adapters: Adapters) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of another process over the stores."""
    app = create_app(settings, use_cases(settings, adapters))
    async with AsyncTestClient(FlaskToAsgi(app), base_url="http://service.test") as client:
        yield client


async def sign_in(client: httpx.AsyncClient, account: Account, **more: str) -> httpx.Response:
    body = {"email": account.email, "password": PASSWORD, **more}
    return await client.post("/v1/sessions", json=body)


def bearer(session: httpx.Response) -> dict[str, str]:
    assert session.status_code == 201, session.text
    return {"Authorization": f"Bearer {session.json()['accessToken']}"}


def code_of(secret: str, steps: int = 0) -> str:
    return code_at(b32decode(secret), step_at(datetime.now(UTC)) + steps)


async def enable_codes(client: httpx.AsyncClient, account: Account) -> tuple[str, list[str]]:
    """Give the app's secret, of which the next step's code is left, and the recovery codes."""
    headers = bearer(await sign_in(client, account))
    confirmation = {"confirmation": {"password": PASSWORD}}
    begun = await client.post("/v1/me/totp", json=confirmation, headers=headers)
    secret = begun.json()["secret"]
    enabled = await client.post(
        "/v1/me/totp/confirmation", json={"code": code_of(secret)}, headers=headers
    )
    return secret, enabled.json()["recoveryCodes"]


async def test_nobody_notices_where_the_old_key_is_a_fallback(
    adapters: Adapters, account: Account
) -> None:
    async with serving(under(OLD), adapters) as before:
        secret, (recovery_code, *_) = await enable_codes(before, account)
        signed_in = await sign_in(before, account, code=recovery_code)
        headers = bearer(signed_in)
        await before.post("/v1/authors", json={"name": "Han Kang"}, headers=headers)
        await before.post("/v1/authors", json={"name": "Yi Sang"}, headers=headers)
        page = await before.get("/v1/authors?limit=1", headers=headers)

    async with serving(under(NEW, OLD), adapters) as after:
        token = await after.get("/v1/me", headers=headers)
        cursor = page.json()["nextCursor"]
        next_page = await after.get(f"/v1/authors?limit=1&cursor={cursor}", headers=headers)
        by_code = await sign_in(after, account, code=code_of(secret, 1))

    assert token.status_code == next_page.status_code == 200
    assert by_code.status_code == 201


async def test_what_each_key_signs_is_taken_while_processes_are_replaced(
    adapters: Adapters, account: Account
) -> None:
    async with serving(under(OLD, NEW), adapters) as old, serving(under(NEW, OLD), adapters) as new:
        for one, other in ((old, new), (new, old)):
            headers = bearer(await sign_in(one, account))
            assert (await other.get("/v1/me", headers=headers)).status_code == 200


async def test_without_it_people_are_told_and_get_in_by_a_recovery_code(
    adapters: Adapters, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(under(OLD), adapters) as before:
        secret, codes = await enable_codes(before, account)

    async with serving(under(NEW), adapters) as after:
        by_code = await sign_in(after, account, code=code_of(secret, 1))
        by_recovery_code = await sign_in(after, account, code=codes[0])
        headers = bearer(by_recovery_code)
        body = {"confirmation": {"password": PASSWORD, "code": code_of(secret, 1)}}
        confirmed = await after.post("/v1/me/totp/removal", json=body, headers=headers)
        body["confirmation"]["code"] = codes[1]
        removed = await after.post("/v1/me/totp/removal", json=body, headers=headers)
        by_password = await sign_in(after, account)

    for refused in (by_code, confirmed):
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/codes-unusable")
        assert "recovery code" in refused.json()["detail"]
        assert "seal" not in refused.text.lower()
        assert "FLASK" not in refused.text
    assert removed.status_code == 204
    assert by_password.status_code == 201
    (told,) = [it for it in caplog.records if it.levelname == "ERROR"]
    assert "FLASK_SECRET_KEY_FALLBACKS" in told.message


def test_flask_signs_by_the_first_and_takes_all(adapters: Adapters) -> None:
    settings = under(NEW, OLD)

    app: Flask = create_app(settings, use_cases(settings, adapters))

    assert app.secret_key == NEW
    assert [*app.config["SECRET_KEY_FALLBACKS"]] == [OLD]
