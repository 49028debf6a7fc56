"""How a session starts, by whichever way somebody has proved who they are."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.account_changes import AccountUseCases
from domain.authentication.entities import (
    ACCESS_TOKEN_LIFE,
    MAX_SESSIONS,
    SESSION_IDLE_LIFE,
    Access,
    AccessClaims,
    Client,
    KnownDevice,
    Method,
    Session,
    SignedIn,
)
from domain.authentication.errors import InvalidCredentials
from domain.authentication.events import SESSION_ENDED, SESSION_STARTED
from domain.authentication.ports import AccessTokens, AuthenticationStores, DeviceTokens
from domain.authentication.refresh_tokens import RefreshToken, first_state, new_refresh_token
from domain.events import Event
from domain.ports import Cache, Clock, Identifiers, UnitOfWork

Check = Callable[[AuthenticationStores, Account], Awaitable[None]]


class SessionStarter(AccountUseCases):
    """Starts sessions. Who calls it has made sure of who it is that signs in."""

    def __init__(  # noqa: PLR0913, PLR0917  # These are all that it needs.
        self,
        unit_of_work: UnitOfWork[AuthenticationStores],
        access_cache: Cache[Access],
        access_tokens: AccessTokens,
        device_tokens: DeviceTokens,
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        super().__init__(unit_of_work, access_cache, clock, identifiers)
        self._access_tokens = access_tokens
        self._device_tokens = device_tokens

    async def start(
        self,
        account_id: UUID,
        methods: Sequence[Method],
        client: Client,
        *,
        device_token: str | None = None,
        check: Check | None = None,
    ) -> SignedIn:
        """Sign an account in that has proved itself by some methods.

        `check` is part of the unit of work, which has the account for a change: what it raises
        keeps the session from starting. The session used longest ago ends where there are
        MAX_SESSIONS. Not safe to repeat: each call starts one. Raises InvalidCredentials for an
        account that can't sign in by now.
        """
        now = self._clock.now()
        session_id = self._identifiers.new()
        token = new_refresh_token(session_id)
        session = Session(
            id=session_id,
            account_id=account_id,
            refresh=first_state(token, now),
            device=client.device,
            address=client.address,
            methods=tuple(methods),
            authenticated_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_IDLE_LIFE,
            created_at=now,
        )

        async def start(stores: AuthenticationStores) -> None:
            account = await stores.accounts.get_for_change(account_id)
            if account is None or not account.is_active:
                raise InvalidCredentials
            if check is not None:
                await check(stores, account)
            await self._make_room(stores, account_id, now)
            await stores.sessions.add(session)
            await stores.outbox.add(self._started(session))

        await self._run_and_forget(account_id, start)
        device = self.known_device(device_token, account_id)
        known = device or KnownDevice(id=self._identifiers.new(), account_id=account_id)
        return self.signed_in(session, token, now, self._device_tokens.issue(known))

    def known_device(self, device_token: str | None, account_id: UUID) -> KnownDevice | None:
        """Give the device that a token is of, if the account was signed in on it before."""
        device = None if device_token is None else self._device_tokens.read(device_token)
        return device if device is not None and device.account_id == account_id else None

    def signed_in(
        self, session: Session, token: RefreshToken, now: datetime, device_token: str | None
    ) -> SignedIn:
        """Give what a client gets that has just proved its session."""
        claims = AccessClaims(
            account_id=session.account_id,
            session_id=session.id,
            issued_at=now,
            expires_at=now + ACCESS_TOKEN_LIFE,
        )
        return SignedIn(
            account_id=session.account_id,
            session_id=session.id,
            access_token=self._access_tokens.issue(claims),
            expires_in=int(ACCESS_TOKEN_LIFE.total_seconds()),
            refresh_token=token.text,
            device_token=device_token,
        )

    async def _make_room(
        self, stores: AuthenticationStores, account_id: UUID, now: datetime
    ) -> None:
        live = await stores.sessions.live_of(account_id, now, 2 * MAX_SESSIONS)
        for oldest in live[MAX_SESSIONS - 1 :]:
            session = await stores.sessions.get_for_change(oldest.id)
            if session is not None and session.is_live(now):
                await stores.sessions.save(replace(session, ended_at=now), now)
                details = {"session": session.id, "reason": "too many"}
                await stores.outbox.add(self._event(SESSION_ENDED, account_id, now, **details))

    def _started(self, session: Session) -> Event:
        return self._event(
            SESSION_STARTED,
            session.account_id,
            session.created_at,
            session=session.id,
            methods=session.methods,
            address=session.address,
            device=session.device,
        )
