"""What the use-cases that change accounts have in common."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from domain.accounts.administrators import check_another_stays, get_to_take_away
from domain.accounts.events import ACCOUNT_DELETED, account_event
from domain.authentication.confirmation import Confirmations
from domain.authentication.entities import Access
from domain.authentication.ports import AuthenticationStores
from domain.entities import Expected, at_version
from domain.events import Event
from domain.ports import Cache, Clock, Identifiers, UnitOfWork

KIND = "account"

Result = TypeVar("Result")


class AccountUseCases:
    """Holds the ports. Each change is one transaction that holds its event."""

    def __init__(
        self,
        unit_of_work: UnitOfWork[AuthenticationStores],
        access_cache: Cache[Access],
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._access_cache = access_cache
        self._clock = clock
        self._identifiers = identifiers

    async def _run_and_forget(
        self, account_id: UUID, unit: Callable[[AuthenticationStores], Awaitable[Result]]
    ) -> Result:
        """Run a change of what decides about requests, which counts from the next one on."""
        try:
            return await self._unit_of_work.run(unit)
        finally:
            await self._access_cache.forget(account_id)

    async def _delete(self, account_id: UUID, expected: Expected = None) -> None:
        """Make an account absent, and end its sessions.

        Raises NotFound, StaleVersion and LastAdministrator.
        """

        async def delete(stores: AuthenticationStores) -> None:
            found = await get_to_take_away(stores.accounts, account_id)
            account = at_version(KIND, account_id, found, expected)
            await check_another_stays(stores.accounts, account)
            now = self._clock.now()
            ended = await stores.sessions.end_all(account_id, now, but=None)
            await stores.accounts.delete(account_id, now)
            await stores.outbox.add(
                self._event(ACCOUNT_DELETED, account_id, now, sessions=len(ended))
            )

        await self._run_and_forget(account_id, delete)

    def _event(self, kind: str, account_id: UUID, now: datetime, **details: object) -> Event:
        return account_event(self._identifiers.new(), kind, account_id, now, **details)


class ConfirmedUseCases(AccountUseCases):
    """Those of which some need that somebody proves anew who they are."""

    def __init__(
        self,
        unit_of_work: UnitOfWork[AuthenticationStores],
        access_cache: Cache[Access],
        clock: Clock,
        identifiers: Identifiers,
        confirmations: Confirmations,
    ) -> None:
        super().__init__(unit_of_work, access_cache, clock, identifiers)
        self._confirmations = confirmations
