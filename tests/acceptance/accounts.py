"""Accounts that are there before a test begins, and what their owners send."""

import asyncio
from base64 import b32decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
from uuid_utils.compat import uuid7

from domain.accounts.entities import Account
from domain.authentication.totp import code_at, step_at
from domain.permissions import Role
from service import wiring
from service.authentication_wiring import password_hasher
from service.settings import load_settings
from tests.acceptance.deployments import Settings

PASSWORD = "a long one that nobody guesses"
CONFIRMATION = {"confirmation": {"password": PASSWORD}}


async def new_account(settings: Settings) -> str:
    """Add an account that can sign in with PASSWORD; gives its address.

    Embedded stores are one process's at a time: then the server must not run yet.
    """
    loaded = load_settings(settings, None)
    wired = wiring.wire(loaded)
    hashed = await password_hasher(loaded).hash(PASSWORD)
    now = datetime.now(UTC)
    account_id = uuid7()
    account = Account(
        id=account_id,
        email=f"{account_id}@example.org",
        name=None,
        role=Role.READER,
        verified_at=now,
        disabled_at=None,
        version=1,
        created_at=now,
        updated_at=now,
    )

    async def add(stores: wiring.AnyStores) -> None:
        await stores.accounts.add(account)
        await stores.passwords.put(account.id, hashed, now)

    async with wired.opened():
        await wired.adapters.unit_of_work.run(add)
    return account.email


def account_in(settings: Settings) -> str:
    """Do `new_account` where no loop runs."""
    return asyncio.run(new_account(settings))


def sign_in(client: httpx.Client, email: str, **more: object) -> httpx.Response:
    """Ask for a session."""
    return client.post("/v1/sessions", json={"email": email, "password": PASSWORD, **more})


def bearer(session: httpx.Response) -> Mapping[str, str]:
    """Give the header of who has this session."""
    assert session.status_code == 201, session.text
    return {"Authorization": f"Bearer {session.json()['accessToken']}"}


def code_of(secret: str, steps: int = 0) -> str:
    """Give the code that an app shows, or will show so many steps later."""
    return code_at(b32decode(secret), step_at(datetime.now(UTC)) + steps)


def enable_codes(client: httpx.Client, headers: Mapping[str, str]) -> tuple[str, list[str]]:
    """Enable an app for codes; gives its secret, and the recovery codes.

    The next step's code is left, which holds for 30 s at least, however slow the machine is.
    """
    begun: Any = client.post("/v1/me/totp", json=CONFIRMATION, headers=headers)
    assert begun.status_code == 201, begun.text
    secret = begun.json()["secret"]
    enabled = client.post(
        "/v1/me/totp/confirmation", json={"code": code_of(secret)}, headers=headers
    )
    assert enabled.status_code == 200, enabled.text
    return secret, enabled.json()["recoveryCodes"]
