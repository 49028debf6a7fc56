"""Second factors of a running deployment's accounts, as their owners use them."""

from base64 import b32decode
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx

from domain.authentication.totp import code_at, step_at
from tests.acceptance.accounts import PASSWORD, Person

CONFIRMATION = {"confirmation": {"password": PASSWORD}}


def sign_in(client: httpx.Client, person: Person, **others: object) -> httpx.Response:
    """Ask for a session."""
    return client.post("/v1/sessions", json=person.credentials(**others))


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
    begun = client.post("/v1/me/totp", json=CONFIRMATION, headers=headers)
    assert begun.status_code == 201, begun.text
    secret = begun.json()["secret"]
    enabled = client.post(
        "/v1/me/totp/confirmation", json={"code": code_of(secret)}, headers=headers
    )
    assert enabled.status_code == 200, enabled.text
    return secret, enabled.json()["recoveryCodes"]
