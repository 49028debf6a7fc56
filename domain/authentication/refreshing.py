"""How a session goes on: by refresh tokens, each of which is used once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from domain.authentication.account_changes import AccountUseCases
from domain.authentication.entities import (
    SESSION_IDLE_LIFE,
    SESSION_LIFE,
    Access,
    Client,
    Session,
    SignedIn,
)
from domain.authentication.errors import InvalidToken
from domain.authentication.events import SESSION_REUSED
from domain.authentication.ports import AuthenticationStores
from domain.authentication.refresh_tokens import RefreshToken, is_of, read_refresh_token, rotate
from domain.authentication.starting import SessionStarter
from domain.ports import Cache, Clock, Identifiers, UnitOfWork


@dataclass(frozen=True, slots=True)
class _Use:
    """What the use of a refresh token came to; no successor means that it was used before."""

    session: Session
    successor: RefreshToken | None


class RefreshUseCases(AccountUseCases):
    """The use-case of going on with a session, and what all use-cases of sessions need."""

    def __init__(
        self,
        unit_of_work: UnitOfWork[AuthenticationStores],
        access_cache: Cache[Access],
        starter: SessionStarter,
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        super().__init__(unit_of_work, access_cache, clock, identifiers)
        self._starter = starter

    async def refresh(self, refresh_token: str, client: Client) -> SignedIn:
        """Give a new access token, and the refresh token that takes the place of this one.

        Safe to repeat within REFRESH_GRACE: it gives the same successor. After that a token that
        was used before ends its session, for somebody has stolen it. Raises InvalidToken.
        """
        token = read_refresh_token(refresh_token)
        if token is None:
            raise InvalidToken
        seen: set[UUID] = set()
        try:
            use = await self._unit_of_work.run(
                lambda stores: self._use(stores, token, client, seen.add)
            )
        finally:
            for account_id in seen:
                await self._access_cache.forget(account_id)
        # Raised here and not in the unit of work, which has to keep that the session ended.
        if use is None or use.successor is None:
            raise InvalidToken
        return self._starter.signed_in(use.session, use.successor, self._clock.now(), None)

    async def _use(
        self,
        stores: AuthenticationStores,
        token: RefreshToken,
        client: Client,
        seen: Callable[[UUID], None],
    ) -> _Use | None:
        now = self._clock.now()
        session = await stores.sessions.get_for_change(token.session_id)
        if session is None or not session.is_live(now) or not is_of(session.refresh, token):
            return None
        account = await stores.accounts.get(session.account_id)
        if account is None or not account.is_active:
            return None
        seen(session.account_id)
        rotated = rotate(session.refresh, token, now)
        if rotated is None:
            await self._end(stores, session, SESSION_REUSED, address=client.address)
            return _Use(session, None)
        state, successor = rotated
        used = replace(
            session,
            refresh=state,
            device=client.device,
            address=client.address,
            last_seen_at=now,
            expires_at=min(now + SESSION_IDLE_LIFE, session.created_at + SESSION_LIFE),
        )
        await stores.sessions.save(used, now)
        return _Use(used, successor)

    async def _end(
        self, stores: AuthenticationStores, session: Session, kind: str, **details: object
    ) -> None:
        now = self._clock.now()
        await stores.sessions.save(replace(session, ended_at=now), now)
        await stores.outbox.add(
            self._event(kind, session.account_id, now, session=session.id, **details)
        )
