"""Who is let in by two processes in production, which share MariaDB, MongoDB and Redis."""

import httpx
import pytest

from adapters.system.clock import SystemClock
from domain.permissions import Role
from service.settings import load_settings
from service.wiring.tokens import development_tokens
from tests.acceptance.administrators import authorization
from tests.acceptance.deployments import TWO_PROCESSES, Deployment
from tests.token_keys import Forger

pytestmark = pytest.mark.parametrize("deployment", [TWO_PROCESSES], indirect=True, scope="module")

AUTHORS = "/v1/authors"
AUTHOR = {"name": "Han Kang"}


def statuses(deployment: Deployment, headers: dict[str, str]) -> set[int]:
    """Let each process be asked by the caller for a change."""
    return {
        deployment.client.post(AUTHORS, json=AUTHOR, headers=headers).status_code
        for _ in range(2 * len(deployment.servers))
    }


def test_each_role_may_what_it_may(deployment: Deployment) -> None:
    told = {role: statuses(deployment, authorization(deployment.settings, role)) for role in Role}

    assert told == {Role.READER: {403}, Role.EDITOR: {201}, Role.ADMIN: {201}}


def test_a_change_of_the_account_counts_from_the_next_request_on_everywhere(
    deployment: Deployment,
) -> None:
    client = deployment.client
    editor = authorization(deployment.settings, Role.EDITOR)
    account = f"/v1/accounts/{client.get('/v1/me', headers=editor).json()['id']}"
    assert statuses(deployment, editor) == {201}

    for change, expected in (
        ({"role": "reader"}, {403}),
        ({"role": "editor"}, {201}),
        ({"isDisabled": True}, {401}),
        # Its sessions have ended.
        ({"isDisabled": False}, {401}),
    ):
        assert client.patch(account, json=change).status_code == httpx.codes.OK
        assert statuses(deployment, editor) == expected, change


def test_production_takes_no_token_of_a_role(deployment: Deployment) -> None:
    """Not even one that its own secret has signed."""
    elsewhere = load_settings(
        {"FLASK_SECRET_KEY": deployment.settings["FLASK_SECRET_KEY"]}, dotenv=None
    )
    tokens = development_tokens(elsewhere)
    assert tokens is not None

    headers = {"Authorization": f"Bearer {tokens.issue(Role.ADMIN)}"}

    assert statuses(deployment, headers) == {401}


def test_no_forged_token_is_let_in(deployment: Deployment) -> None:
    forger = Forger("RS256", SystemClock().now())
    for name, token in (*forger.without_the_key(), *forger.with_the_key()):
        # Others no client can send, or Hypercorn refuses them.
        if token.isascii() and token.isprintable() and 0 < len(token.strip()) == len(token) < 8_000:
            headers = {"Authorization": f"Bearer {token}"}
            answer = deployment.client.get("/v1/me", headers=headers)
            assert answer.status_code == httpx.codes.UNAUTHORIZED, name
            assert answer.headers["WWW-Authenticate"].endswith('error="invalid_token"'), name
