"""What people do with their sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.authentication.entities import MAX_SESSIONS, Method, Session
from domain.authentication.events import SESSION_ENDED
from domain.authentication.ports import AuthenticationStores
from domain.authentication.refreshing import RefreshUseCases
from domain.callers import current_caller, signed_in_account
from domain.errors import NotFound

# What ended is kept for so long after, for who looks into how.
ENDED_KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class MySession:
    """A session as its owner sees it; `is_current` is the one that asks."""

    id: UUID
    device: str
    address: str
    methods: tuple[Method, ...]
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool


class SessionUseCases(RefreshUseCases):
    """The use-cases of sessions that have started."""

    async def list_mine(self) -> list[MySession]:
        """Give the live sessions of the person who is signed in, those seen last first."""
        account_id, now = signed_in_account(), self._clock.now()
        current = current_caller().session_id
        live = await self._unit_of_work.read(
            lambda stores: stores.sessions.live_of(account_id, now, MAX_SESSIONS)
        )
        return [_mine(session, current) for session in live]

    async def end_mine(self, session_id: UUID) -> None:
        """End one of the sessions of the person who is signed in; it counts at once.

        Raises NotFound, also when it has ended already.
        """
        account_id, now = signed_in_account(), self._clock.now()

        async def end(stores: AuthenticationStores) -> None:
            session = await stores.sessions.get_for_change(session_id)
            if session is None or session.account_id != account_id or not session.is_live(now):
                raise NotFound("session", session_id)
            await self._end(stores, session, SESSION_ENDED)

        await self._run_and_forget(account_id, end)

    async def end_current(self) -> None:
        """Sign out: end the session that asks. Raises NotFound, also when it has ended already."""
        account_id = signed_in_account()
        await self.end_mine(current_caller().session_id or account_id)

    async def end_all_mine(self, *, but_current: bool = False) -> None:
        """End all sessions of the person who is signed in, or all but the one that asks.

        Safe to repeat.
        """
        account_id, now = signed_in_account(), self._clock.now()
        kept = current_caller().session_id if but_current else None

        async def end_all(stores: AuthenticationStores) -> None:
            ended = await stores.sessions.end_all(account_id, now, but=kept)
            if ended:
                details = {"sessions": len(ended)}
                await stores.outbox.add(self._event(SESSION_ENDED, account_id, now, **details))

        await self._run_and_forget(account_id, end_all)

    async def purge_sessions(self, *, batch_size: int = 500) -> int:
        """Remove what ended or expired more than ENDED_KEPT_FOR ago, batch by batch.

        Gives how many. Safe to repeat, and to run in several processes at once.
        """
        ended_before, purged = self._clock.now() - ENDED_KEPT_FOR, 0
        while batch := await self._unit_of_work.run(
            lambda stores: stores.sessions.purge(ended_before, batch_size)
        ):
            purged += batch
        return purged


def _mine(session: Session, current: UUID | None) -> MySession:
    return MySession(
        id=session.id,
        device=session.device,
        address=session.address,
        methods=session.methods,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        is_current=session.id == current,
    )
