"""Sessions in memory, and what decides about the requests of an account."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from adapters.memory.accounts import MemoryAccounts
from domain.authentication.entities import MAX_SESSIONS, Access, KeyAccess, Session
from domain.errors import Conflict


class MemorySessions:
    """The fake of Sessions; a copy of it is the working state of a transaction."""

    def __init__(self, sessions: dict[UUID, Session] | None = None) -> None:
        self._sessions = sessions or {}

    def copy(self) -> "MemorySessions":
        """Give an independent copy."""
        return MemorySessions(dict(self._sessions))

    async def add(self, session: Session) -> None:
        """Keep a new session."""
        if session.id in self._sessions:
            raise Conflict("A key is taken already.")
        self._sessions[session.id] = session

    async def get_for_change(self, session_id: UUID) -> Session | None:
        """Look one up; a transaction in memory has the whole state to itself."""
        return self._sessions.get(session_id)

    async def save(
        self,
        session: Session,
        now: datetime,  # noqa: ARG002 - kept by stores that last.
    ) -> None:
        """Replace the session."""
        if session.id in self._sessions:
            self._sessions[session.id] = session

    async def live_of(self, account_id: UUID, now: datetime, limit: int) -> list[Session]:
        """Give those that are live."""
        live = self._live(account_id, now)
        live.sort(key=lambda session: (session.last_seen_at, session.id), reverse=True)
        return live[:limit]

    async def end_all(self, account_id: UUID, now: datetime, *, but: UUID | None) -> list[UUID]:
        """End those that are live."""
        ended = [session for session in self._live(account_id, now) if session.id != but]
        self._sessions |= {session.id: replace(session, ended_at=now) for session in ended}
        return sorted(session.id for session in ended)

    async def purge(self, ended_before: datetime, limit: int) -> int:
        """Forget those that ended or expired."""
        over = [
            key
            for key, session in self._sessions.items()
            if min(session.ended_at or session.expires_at, session.expires_at) < ended_before
        ]
        for key in over[:limit]:
            del self._sessions[key]
        return len(over[:limit])

    def _live(self, account_id: UUID, now: datetime) -> list[Session]:
        return [
            session
            for session in self._sessions.values()
            if session.account_id == account_id and session.is_live(now)
        ]


class MemoryAccesses:
    """The fake of Accesses, over other fakes; `keys_of` gives the live keys of an account."""

    def __init__(
        self,
        accounts: MemoryAccounts,
        sessions: MemorySessions,
        keys_of: Callable[[UUID, datetime], Mapping[UUID, KeyAccess]] = lambda _account, _now: {},
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._keys_of = keys_of

    async def get(self, account_id: UUID, now: datetime) -> Access | None:
        """Put it together."""
        account = await self._accounts.get(account_id)
        if account is None or not account.is_active:
            return None
        live = await self._sessions.live_of(account_id, now, MAX_SESSIONS)
        return Access(
            account_id=account_id,
            role=account.role,
            sessions={session.id: session.expires_at for session in live},
            keys=self._keys_of(account_id, now),
        )
