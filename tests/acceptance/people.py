"""Accounts of a deployment, made as its operator makes them, and who signs in to them over HTTP."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from domain.callers import OPERATOR, acting_as
from domain.permissions import Role
from service import wiring
from service.settings import load_settings
from tests.acceptance.server import ROOT

PASSWORD = "correct horse battery staple"


@dataclass
class Person:
    """Somebody with an account, who shows `token` with each request."""

    client: httpx.Client
    email: str
    id: str
    token: str | None = None

    def sign_in(self) -> "Person":
        """Start a session, and show its access token from then on."""
        body = {"email": self.email, "password": PASSWORD}
        answer = self.client.post("/v1/sessions", json=body)
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["accessToken"]
        return self

    def ask(self, method: str, path: str, json: object = None) -> httpx.Response:
        """Send a request with the token."""
        return self.client.request(
            method, path, json=json, headers={"Authorization": f"Bearer {self.token}"}
        )

    def new_key(self, *permissions: str) -> "Person":
        """Give a machine that shows a new key of the account."""
        body = {
            "name": "machine",
            "permissions": permissions,
            "confirmation": {"password": PASSWORD},
        }
        answer = self.ask("POST", "/v1/me/api-keys", body)
        assert answer.status_code == 201, answer.text
        return Person(self.client, self.email, answer.json()["id"], answer.json()["key"])

    def writes(self) -> int:
        """Add an author; gives the status."""
        return self.ask("POST", "/v1/authors", {"name": "Han Kang"}).status_code


def add_people(settings: Mapping[str, str], roles: Mapping[str, Role]) -> dict[str, str]:
    """Add accounts with PASSWORD at `<name>@example.org`; gives their ids by names.

    The first one has to be an administrator, and nobody else uses an embedded file meanwhile.
    """
    wired = wiring.wire(load_settings(settings, None))

    async def add() -> dict[str, str]:
        made = {}
        async with wired.opened():
            with acting_as(OPERATOR):
                for name, role in roles.items():
                    use_cases = wired.use_cases
                    account = await use_cases.superusers.create(f"{name}@example.org", PASSWORD)
                    await use_cases.accounts.change_account(account.id, {"role": role})
                    made[name] = str(account.id)
        return made

    return asyncio.run(add())


def flask(settings: Mapping[str, str], *arguments: str, typed: str = "") -> str:
    """Run a command of the operator's beside the servers; gives what it prints."""
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env={**known, "FLASK_SKIP_DOTENV": "1", **settings},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
