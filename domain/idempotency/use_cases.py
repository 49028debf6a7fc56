"""What is done with answers that were kept."""

from domain.idempotency.entities import KEPT_FOR
from domain.idempotency.ports import IdempotencyStores
from domain.ports import Clock, UnitOfWork


class Idempotency:
    """The use-cases of kept answers."""

    def __init__(self, unit_of_work: UnitOfWork[IdempotencyStores], clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def purge_answers(self, *, batch_size: int = 500) -> int:
        """Forget the keys that were claimed more than KEPT_FOR ago, batch by batch.

        Gives how many. Safe to repeat, and to run in several processes at once.
        """
        claimed_before = self._clock.now() - KEPT_FOR
        purged = 0
        while batch := await self._unit_of_work.run(
            lambda stores: stores.kept_answers.purge(claimed_before, batch_size)
        ):
            purged += batch
        return purged
