"""The public keys over HTTP."""

import json

import httpx
from flask import Flask

from adapters.security.access_tokens import JWTAccessTokens, access_token_keys
from domain.authentication.entities import ACCESS_TOKEN_LIFE, AccessClaims
from service.application import create_app
from service.settings import Settings, load_settings
from service.wiring import wire
from tests.token_keys import ACCOUNT, KEY_SETS, PLACE, SESSION
from tests.unit.fakes import Fakes

PATH = "/.well-known/jwks.json"


async def test_another_service_can_check_a_token_by_them(
    client: httpx.AsyncClient, fakes: Fakes
) -> None:
    now = fakes.clock.now()
    claims = AccessClaims(
        account_id=ACCOUNT, session_id=SESSION, issued_at=now, expires_at=now + ACCESS_TOKEN_LIFE
    )
    token = fakes.access_tokens().issue(claims)

    answer = await client.get(PATH)

    keys = access_token_keys(answer.text, "")
    assert JWTAccessTokens("EdDSA", keys, PLACE, fakes.clock).read(token) == claims
    assert "d" not in answer.json()["keys"][0]


def test_a_secret_key_is_not_among_them(testing_settings: Settings) -> None:
    app = create_app(testing_settings, wire(testing_settings).use_cases)

    assert json.loads(keys_of(app)) == {"keys": []}


def test_the_settings_say_which_keys_there_are() -> None:
    environ = {
        "FLASK_CONFIG": "testing",
        "FLASK_ACCESS_TOKEN_ALGORITHM": "ES256",
        "FLASK_ACCESS_TOKEN_KEYS": KEY_SETS["ES256"],
    }
    settings = load_settings(environ, dotenv=None)

    (key,) = json.loads(keys_of(create_app(settings, wire(settings).use_cases)))["keys"]

    assert (key["alg"], key["kty"], key["crv"]) == ("ES256", "EC", "P-256")


def keys_of(app: Flask) -> str:
    return app.test_client().get(PATH, base_url="http://service.test").text
