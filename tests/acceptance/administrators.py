"""Who the clients of a deployment are: an administrator of it."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from adapters.mysql.database import MySQLDatabase
from adapters.system.clock import SystemClock
from domain.authentication.entities import ACCESS_TOKEN_LIFE, AccessClaims
from domain.authentication.ports import AuthenticationStores
from domain.permissions import Role
from service.settings import Settings, load_settings
from service.wiring import wire
from service.wiring.tokens import access_tokens, development_tokens
from tests.accounts import account_of, session_of

# By the SQL store, the deployment's secret and the role, the account and its session.
_known: dict[tuple[str, str, Role], tuple[UUID, UUID]] = {}


def authorization(environ: Mapping[str, str], role: Role = Role.ADMIN) -> dict[str, str]:
    """Give the header of who may do what the role says.

    In production that is an account of its own, the first time put into the stores by the
    adapters: they have to be there and ready.
    """
    settings = _settings(environ)
    tokens = development_tokens(settings)
    token = _access_token(settings, role) if tokens is None else tokens.issue(role)
    return {"Authorization": f"Bearer {token}"}


def _settings(environ: Mapping[str, str]) -> Settings:
    ours = {name: value for name, value in environ.items() if name.startswith("FLASK_")}
    return load_settings({**ours, "FLASK_SKIP_DOTENV": "1"}, None)


def _access_token(settings: Settings, role: Role) -> str:
    now = SystemClock().now()
    account_id, session_id = _signed_in(settings, role)
    claims = AccessClaims(
        account_id=account_id,
        session_id=session_id,
        issued_at=now,
        expires_at=now + ACCESS_TOKEN_LIFE,
    )
    return access_tokens(settings).issue(claims)


def _signed_in(settings: Settings, role: Role) -> tuple[UUID, UUID]:
    """Give the ids of an account with the role, and of its session, on these stores."""
    place = (str(settings.mysql), settings.secret_key.get_secret_value(), role)
    if place not in _known:
        # A test may have a loop of its own running.
        with ThreadPoolExecutor(1) as thread:
            _known[place] = thread.submit(asyncio.run, _sign_in(settings, role)).result()
    return _known[place]


async def _sign_in(settings: Settings, role: Role) -> tuple[UUID, UUID]:
    now = SystemClock().now()
    account = account_of(role, now)
    session = session_of(account.id, now)

    async def keep(stores: AuthenticationStores) -> None:
        await stores.accounts.add(account)
        await stores.sessions.add(session)

    adapters = wire(settings).adapters
    (mysql,) = (store for store in adapters.stores if isinstance(store, MySQLDatabase))
    # The others may be away, or somebody else's.
    async with mysql.opened():
        await adapters.unit_of_work.run(keep)
    return account.id, session.id
