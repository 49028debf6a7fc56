"""The end of tokens that nobody used."""

from domain.authentication.credential_ports import CredentialStores
from domain.ports import Clock, UnitOfWork


class ExpiredTokens:
    """The use-case of removing one-time tokens, with the hashes that sign-ups left in them."""

    def __init__(self, unit_of_work: UnitOfWork[CredentialStores], clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def purge(self, *, batch_size: int = 500) -> int:
        """Remove those that have expired, batch by batch; gives how many. Safe to repeat."""
        now, purged = self._clock.now(), 0
        while batch := await self._unit_of_work.run(
            lambda stores: stores.one_time_tokens.purge(now, batch_size)
        ):
            purged += batch
        return purged
