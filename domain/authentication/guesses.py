"""How often somebody may guess at what proves who an account is."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from math import ceil
from uuid import UUID

from domain.accounts.values import email_key
from domain.authentication.entities import KnownDevice
from domain.authentication.errors import TooManyAttempts
from domain.errors import StoreUnavailable
from domain.limits.entities import Charge, Limit
from domain.limits.ports import Attempts

# Only guesses that fail are counted in the end, and those of the hour before stop the next one.

# On one account, by all who are not known to it: 240 in a day leave nothing to find among
# passwords of which the commonest are refused. NIST SP 800-63B-4 (3.2.2) asks for at most 100.
BY_ACCOUNT = Limit("account", 10, 3600)
# From one network, which may be that of an office or a mobile provider: some hundred people who
# mistype now and then.
BY_NETWORK = Limit("address", 100, 3600)
# By all together: a service with 100,000 sign-ins a day, of which one in twenty fails, has 200 in
# an hour; and it makes who guesses from everywhere wait, who would fill all hashing otherwise.
IN_ALL = Limit("all", 6000, 3600, burst=2000)
# On one device that is known to the account. It is counted apart, so who guesses elsewhere locks
# nobody out of a device of theirs; and who has stolen one guesses no faster than others.
BY_DEVICE = Limit("device", 10, 3600)
# Of one account that is signed in and confirms who it is: a stolen session guesses no faster.
BY_CONFIRMATION = Limit("confirmation", 10, 3600)
# On the codes of one account, of which three count at a time: whoever guesses has got past the
# password, and comes to an even chance in 13 years. It keeps nobody out who has a recovery code or
# a passkey: of these there are too many to be guessed, and the limit spares the stores.
BY_CODE = Limit("code", 48, 86_400, burst=10)
BY_RECOVERY_CODE = Limit("recovery", 48, 86_400, burst=10)

_EVERYBODY = "everybody"


class Guesses:
    """Counts guesses, before they are tried; one that was right is given back."""

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts

    async def sign_in(
        self, email: str, network: str, device: KnownDevice | None
    ) -> Sequence[Charge]:
        """Count a guess at the password or the code of the account with an address.

        `device` is one that is known to that very account. Raises TooManyAttempts.
        """
        if device is not None:
            return await self._take(Charge(BY_DEVICE, f"{device.account_id}:{device.id}"))
        return await self._take(
            Charge(BY_ACCOUNT, _name(email)),
            Charge(BY_NETWORK, network),
            Charge(IN_ALL, _EVERYBODY),
        )

    async def confirm(self, account_id: UUID) -> Sequence[Charge]:
        """Count a guess of who is signed in already; raises TooManyAttempts."""
        return await self._take(Charge(BY_CONFIRMATION, str(account_id)))

    async def code(self, account_id: UUID) -> Sequence[Charge]:
        """Count a guess at the code that an account's app shows; raises TooManyAttempts."""
        return await self._take(Charge(BY_CODE, str(account_id)))

    async def recovery_code(self, account_id: UUID) -> Sequence[Charge]:
        """Count a guess at a recovery code of an account; raises TooManyAttempts."""
        return await self._take(Charge(BY_RECOVERY_CODE, str(account_id)))

    async def was_right(self, charges: Sequence[Charge]) -> None:
        """Give back what was counted; where the store is away, it stays so."""
        with suppress(StoreUnavailable):
            await self._attempts.give_back(charges)

    async def purge(self, *, batch_size: int = 500) -> int:
        """Forget who has nothing to wait for, batch by batch; gives how many. Safe to repeat."""
        purged = 0
        while batch := await self._attempts.purge(batch_size):
            purged += batch
        return purged

    async def _take(self, *charges: Charge) -> Sequence[Charge]:
        verdicts = await self._attempts.take(charges)
        wait = max(verdict.retry_after for verdict in verdicts)
        if wait > 0:
            raise TooManyAttempts(ceil(wait))
        return charges


def _name(email: str) -> str:
    return hashlib.sha256(email_key(email).encode()).hexdigest()
