"""All that is kept of somebody, for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.account_changes import KIND
from domain.authentication.entities import MAX_KEYS, MAX_SESSIONS, Session
from domain.authentication.factor_ports import FactorStores
from domain.authentication.factors import Passkey
from domain.authentication.identities import Identities, LinkedIdentity
from domain.authentication.keys import ApiKey
from domain.callers import signed_in_account
from domain.entities import present
from domain.events import Event
from domain.ports import Clock, UnitOfWork

MAX_EVENTS = 1000


class OwnEvents(Protocol):
    """The log of what happened."""

    async def list(
        self, *, kind: str | None, subject: str | None, before: UUID | None, limit: int
    ) -> list[Event]:
        """Give at most `limit` events about a subject, the newest first."""
        ...


class OwnDataStores(FactorStores, Protocol):
    """The stores that know something of somebody."""

    @property
    def identities(self) -> Identities:
        """Who they are at other providers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of an account but for its events, as it was at one time."""

    account: Account
    sessions: Sequence[Session]
    api_keys: Sequence[ApiKey]
    passkeys: Sequence[Passkey]
    identities: Sequence[LinkedIdentity]


@dataclass(frozen=True, slots=True)
class Export:
    """All that is kept of an account, with its newest events: at most MAX_EVENTS.

    Whoever shows it leaves out what somebody could sign in with: hashes and public keys.
    """

    exported_at: datetime
    kept: Kept
    activity: Sequence[Event]
    activity_is_complete: bool


class OwnData:
    """The use-case of one's own data."""

    def __init__(
        self, unit_of_work: UnitOfWork[OwnDataStores], events: OwnEvents, clock: Clock
    ) -> None:
        self._unit_of_work = unit_of_work
        self._events = events
        self._clock = clock

    async def export(self) -> Export:
        """Give what is kept of the person who is signed in.

        Raises NotAuthenticated, NotPermitted and NotFound.
        """
        account_id, now = signed_in_account(), self._clock.now()
        kept = await self._unit_of_work.read(lambda stores: _kept(stores, account_id, now))
        events = await self._events.list(
            kind=None, subject=str(account_id), before=None, limit=MAX_EVENTS + 1
        )
        return Export(now, kept, events[:MAX_EVENTS], len(events) <= MAX_EVENTS)


async def _kept(stores: OwnDataStores, account_id: UUID, now: datetime) -> Kept:
    return Kept(
        account=present(KIND, account_id, await stores.accounts.get(account_id)),
        sessions=await stores.sessions.live_of(account_id, now, MAX_SESSIONS),
        api_keys=await stores.api_keys.of(account_id, MAX_KEYS),
        passkeys=await stores.passkeys.of(account_id),
        identities=await stores.identities.of(account_id),
    )
