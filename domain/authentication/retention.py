"""The end of what accounts leave behind."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from domain.authentication.challenges import Challenges
from domain.authentication.factor_ports import TOTPSecrets
from domain.authentication.factors import ENROLMENT_LIFE
from domain.authentication.ports import AuthenticationStores
from domain.ports import Clock, UnitOfWork

BATCH_SIZE = 500


class RetainedStores(AuthenticationStores, Protocol):
    """The stores that hold more than what is of use."""

    @property
    def challenges(self) -> Challenges:
        """The challenges that wait for their answers, or waited."""
        ...

    @property
    def totp_secrets(self) -> TOTPSecrets:
        """The secrets for codes, of which some wait to be confirmed, or waited."""
        ...


class Retention:
    """Removes for good what nobody can use any more, batch by batch, each in a transaction.

    Each use-case gives how many it removed. All are safe to repeat, and to run at once.
    """

    def __init__(self, unit_of_work: UnitOfWork[RetainedStores], clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def purge_accounts(self, deleted_before: datetime) -> int:
        """Remove the accounts that were deleted before then, with all that is kept of them."""
        return await self._purge(lambda stores: stores.accounts.purge(deleted_before, BATCH_SIZE))

    async def purge_keys(self, expired_before: datetime) -> int:
        """Remove the API keys that expired before then."""
        return await self._purge(lambda stores: stores.api_keys.purge(expired_before, BATCH_SIZE))

    async def purge_challenges(self) -> int:
        """Remove the challenges that have expired."""
        now = self._clock.now()
        return await self._purge(lambda stores: stores.challenges.purge(now, BATCH_SIZE))

    async def purge_enrolments(self) -> int:
        """Remove the secrets for codes that nobody has confirmed in time."""
        begun_before = self._clock.now() - ENROLMENT_LIFE
        return await self._purge(
            lambda stores: stores.totp_secrets.purge_unconfirmed(begun_before, BATCH_SIZE)
        )

    async def _purge(self, purge_batch: Callable[[RetainedStores], Awaitable[int]]) -> int:
        purged = 0
        while batch := await self._unit_of_work.run(purge_batch):
            purged += batch
        return purged
