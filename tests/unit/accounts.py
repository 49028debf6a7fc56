"""Accounts in the fakes, who acts as them, and what was told of them."""

from collections.abc import Iterable
from datetime import timedelta
from secrets import token_bytes
from uuid import UUID

from uuid_utils.compat import uuid7

from adapters.memory.unit_of_work import MemoryStores
from domain.accounts.entities import Account
from domain.authentication.confirmation import Confirmation
from domain.authentication.entities import (
    ACCESS_TOKEN_LIFE,
    SECRET_SIZE,
    AccessClaims,
    Session,
)
from domain.authentication.keys import ApiKey, make_key, secret_hash
from domain.callers import Caller
from domain.events import Event
from domain.permissions import PERMISSIONS, Permission, Role
from tests.contracts.test_accounts import make_account
from tests.contracts.test_sessions import HOUR, make_session
from tests.unit.fakes import Fakes

PASSWORD = "correct horse battery staple"
CONFIRMED = Confirmation(password=PASSWORD)
NOT_CONFIRMED = Confirmation(password="another one")


async def add_account(fakes: Fakes, role: Role = Role.READER, **values: object) -> Account:
    """Keep an account that can sign in, where not told otherwise; it has no password."""
    now = fakes.clock.now()
    account = make_account(
        role=role, **{"verified_at": now, "created_at": now, "updated_at": now, **values}
    )
    await fakes.unit_of_work.run(lambda stores: stores.accounts.add(account))
    return account


async def add_with_password(fakes: Fakes, role: Role = Role.READER, **values: object) -> Account:
    """Keep an account that can sign in by PASSWORD, where not told otherwise."""
    account = await add_account(fakes, role, **values)
    hashed = await fakes.password_hasher.hash(PASSWORD)
    await fakes.unit_of_work.run(
        lambda stores: stores.passwords.put(account.id, hashed, fakes.clock.now())
    )
    return account


async def add_session(fakes: Fakes, account: Account, life: timedelta = 24 * HOUR) -> Session:
    """Keep a session that begins now."""
    now = fakes.clock.now()
    session = make_session(
        account.id,
        created_at=now,
        authenticated_at=now,
        last_seen_at=now,
        expires_at=now + life,
    )
    await fakes.unit_of_work.run(lambda stores: stores.sessions.add(session))
    return session


def caller_of(account: Account, session_id: UUID | None = None) -> Caller:
    """Give the person who is signed in to an account."""
    return Caller(
        name=f"account {account.id}",
        permissions=PERMISSIONS[account.role],
        account_id=account.id,
        session_id=session_id or UUID(int=1),
    )


def key_of(account: Account) -> Caller:
    """Give a machine with a key of an account that may all that the account may."""
    return Caller(
        name=f"key of {account.id}",
        permissions=PERMISSIONS[account.role],
        account_id=account.id,
        key_id=UUID(int=2),
    )


async def account_of(fakes: Fakes, account: Account) -> Account | None:
    """Give the account as it is now."""
    return await fakes.unit_of_work.read(lambda stores: stores.accounts.get(account.id))


async def live_sessions(fakes: Fakes, account: Account) -> list[Session]:
    """Give the sessions that are live now."""

    async def live(stores: MemoryStores) -> list[Session]:
        return await stores.sessions.live_of(account.id, fakes.clock.now(), 99)

    return await fakes.unit_of_work.read(live)


async def told(fakes: Fakes, account: Account) -> list[Event]:
    """Give the events about an account, oldest first."""
    return [event for event in await fakes.pending() if event.subject == str(account.id)]


async def load_access(fakes: Fakes, account: Account) -> object:
    """Give what the cache has of an account, else what it then has from the stores."""
    return await fakes.access_cache.fetch(
        account.id,
        lambda: fakes.unit_of_work.read(
            lambda stores: stores.accesses.get(account.id, fakes.clock.now())
        ),
    )


async def bearer(fakes: Fakes, account: Account, life: timedelta = 24 * HOUR) -> dict[str, str]:
    """Sign the account in on a new device; gives the header that its requests have."""
    session = await add_session(fakes, account, life)
    now = fakes.clock.now()
    claims = AccessClaims(
        account_id=account.id,
        session_id=session.id,
        issued_at=now,
        expires_at=now + ACCESS_TOKEN_LIFE,
    )
    return {"Authorization": f"Bearer {fakes.access_tokens().issue(claims)}"}


async def key_header(
    fakes: Fakes, account: Account, scope: Iterable[Permission], life: timedelta | None = None
) -> dict[str, str]:
    """Make an API key; gives the header of a machine that has it."""
    key_id, secret, now = uuid7(), token_bytes(SECRET_SIZE), fakes.clock.now()
    key = ApiKey(
        id=key_id,
        account_id=account.id,
        name="a machine",
        secret_hash=secret_hash(secret),
        permissions=frozenset(scope),
        expires_at=now + life if life else None,
        last_used_at=None,
        created_at=now,
    )
    await fakes.unit_of_work.run(lambda stores: stores.api_keys.add(key))
    return {"Authorization": f"Bearer {make_key(account.id, key_id, secret)}"}
