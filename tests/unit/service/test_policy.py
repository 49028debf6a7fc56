"""Who may call what: every declared route, for every kind of caller, over HTTP."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from flask import Flask
from werkzeug.routing import Rule

from domain.authentication.entities import ACCESS_TOKEN_LIFE, MAX_KEYS
from domain.permissions import PERMISSIONS, Permission, Role
from service.routes import ACCOUNT, PUBLIC, Callers, declared_rules
from tests.token_keys import Forger
from tests.unit.accounts import add_account, bearer, key_header
from tests.unit.fakes import Fakes

REFUSALS = {"/problems/not-authenticated", "/problems/invalid-token", "/problems/not-permitted"}
VALUES = {"uuid": str(UUID(int=1)), "string": "x", "int": "1", None: "x"}
MINUTE = timedelta(minutes=1)
EVERYTHING = frozenset(Permission)

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """A kind of caller, and the permissions that it has; None for a credential that is no good."""

    headers: Callable[[Fakes], Awaitable[Headers]]
    permissions: frozenset[Permission] | None = frozenset()
    is_somebody: bool = True

    def refusal(self, callers: Callers) -> int | None:
        """Give the status by which a route that these may call refuses it, if it does."""
        if self.permissions is None:
            return 401
        if callers == PUBLIC:
            return None
        if not self.is_somebody:
            return 401
        return None if callers == ACCOUNT or callers in self.permissions else 403


async def nobody(fakes: Fakes) -> Headers:
    return {}


async def reader(fakes: Fakes) -> Headers:
    return await bearer(fakes, await add_account(fakes, Role.READER))


async def editor(fakes: Fakes) -> Headers:
    return await bearer(fakes, await add_account(fakes, Role.EDITOR))


async def admin(fakes: Fakes) -> Headers:
    return await bearer(fakes, await add_account(fakes, Role.ADMIN))


async def development_reader(fakes: Fakes) -> Headers:
    return fakes.headers(Role.READER)


async def development_admin(fakes: Fakes) -> Headers:
    return fakes.headers(Role.ADMIN)


async def key_in_scope(fakes: Fakes) -> Headers:
    return await key_header(fakes, await add_account(fakes, Role.ADMIN), EVERYTHING)


async def key_out_of_scope(fakes: Fakes) -> Headers:
    return await key_header(fakes, await add_account(fakes, Role.ADMIN), ())


async def key_beyond_the_role_of_its_account(fakes: Fakes) -> Headers:
    return await key_header(fakes, await add_account(fakes, Role.EDITOR), EVERYTHING)


async def disabled(fakes: Fakes) -> Headers:
    account = await add_account(fakes, Role.ADMIN, disabled_at=fakes.clock.now())
    return await bearer(fakes, account)


async def not_verified(fakes: Fakes) -> Headers:
    return await bearer(fakes, await add_account(fakes, Role.ADMIN, verified_at=None))


async def deleted(fakes: Fakes) -> Headers:
    account = await add_account(fakes, Role.ADMIN)
    headers = await bearer(fakes, account)
    await fakes.unit_of_work.run(lambda it: it.accounts.delete(account.id, fakes.clock.now()))
    return headers


async def signed_out(fakes: Fakes) -> Headers:
    account = await add_account(fakes, Role.ADMIN)
    headers = await bearer(fakes, account)
    now = fakes.clock.now()
    await fakes.unit_of_work.run(lambda it: it.sessions.end_all(account.id, now, but=None))
    return headers


async def expired_token(fakes: Fakes) -> Headers:
    headers = await admin(fakes)
    fakes.clock.advance(ACCESS_TOKEN_LIFE + MINUTE)
    return headers


async def expired_session(fakes: Fakes) -> Headers:
    headers = await bearer(fakes, await add_account(fakes, Role.ADMIN), MINUTE)
    fakes.clock.advance(2 * MINUTE)
    return headers


async def forged_token(fakes: Fakes) -> Headers:
    return {"Authorization": f"Bearer {Forger('ES256', fakes.clock.now()).signed()}"}


async def key_of_a_disabled_account(fakes: Fakes) -> Headers:
    account = await add_account(fakes, Role.ADMIN, disabled_at=fakes.clock.now())
    return await key_header(fakes, account, EVERYTHING)


async def expired_key(fakes: Fakes) -> Headers:
    headers = await key_header(fakes, await add_account(fakes, Role.ADMIN), EVERYTHING, MINUTE)
    fakes.clock.advance(2 * MINUTE)
    return headers


async def revoked_key(fakes: Fakes) -> Headers:
    account = await add_account(fakes, Role.ADMIN)
    headers = await key_header(fakes, account, EVERYTHING)
    (key,) = await fakes.unit_of_work.read(lambda it: it.api_keys.of(account.id, MAX_KEYS))
    await fakes.unit_of_work.run(lambda it: it.api_keys.remove(account.id, key.id))
    return headers


KINDS = [
    Kind(nobody, is_somebody=False),
    Kind(reader),
    Kind(editor, PERMISSIONS[Role.EDITOR]),
    Kind(admin, EVERYTHING),
    Kind(development_reader),
    Kind(development_admin, EVERYTHING),
    Kind(key_in_scope, EVERYTHING),
    Kind(key_out_of_scope),
    Kind(key_beyond_the_role_of_its_account, PERMISSIONS[Role.EDITOR]),
    *[
        Kind(no_good, None)
        for no_good in (
            disabled,
            not_verified,
            deleted,
            signed_out,
            expired_token,
            expired_session,
            forged_token,
            key_of_a_disabled_account,
            expired_key,
            revoked_key,
        )
    ],
]


def address_of(rule: Rule) -> str:
    """Fill in the rule's variables, by what nothing has."""
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES[found[1]], rule.rule)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.headers.__name__)
async def test_each_route_lets_those_in_that_it_declares(
    app: Flask, client: httpx.AsyncClient, fakes: Fakes, kind: Kind
) -> None:
    """Half a body tells that nothing of it was read: what reads it finds it malformed."""
    del client.headers["Authorization"]
    rules = declared_rules(app)

    assert len(rules) > 20
    for rule, declared in rules:
        # Each time anew: a route may sign its caller out.
        headers = {"Content-Type": "application/json", **await kind.headers(fakes)}
        answer = await client.request(
            declared.method, address_of(rule), content=b"{", headers=headers
        )
        problem = answer.json()["type"] if answer.status_code >= 400 else None
        where = f"{declared.method} {rule}: {answer.status_code} {problem}"
        expected = kind.refusal(declared.callers)
        if expected is not None:
            assert (answer.status_code, problem in REFUSALS) == (expected, True), where
            assert answer.headers["www-authenticate"].startswith("Bearer realm="), where
        elif declared.callers == ACCOUNT and "key" in kind.headers.__name__:
            # What a person signs in with is not for machines: the use-case itself says so.
            assert answer.status_code != 401, where
        else:
            assert problem not in REFUSALS, where


async def test_each_permission_is_asked_for_somewhere(app: Flask) -> None:
    asked = {declared.callers for _, declared in declared_rules(app)}

    assert asked >= set(Permission) | {PUBLIC, ACCOUNT}
