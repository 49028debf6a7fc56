"""What idempotency asks of the outside."""

from datetime import datetime
from typing import Protocol

from domain.idempotency.entities import Claim, KeptAnswer, KeptRequest


class KeptAnswers(Protocol):
    """Answers under the keys of their callers, kept in the transaction of what they tell of.

    A caller and a key are compared character by character. What a unit of work that fails has
    claimed or kept is not there.
    """

    async def claim(self, claim: Claim, now: datetime) -> KeptRequest | None:
        """Take the key for this unit of work, which then has to `keep` an answer; gives None.

        It is the first thing that a unit of work asks of its stores.

        Gives what was kept, and takes nothing, where the key is taken. While another unit of work
        has it, this waits for its end. Raises RequestInProgress where that is too long for the
        store, or several wait and one of them goes first.
        """
        ...

    async def keep(self, claim: Claim, answer: KeptAnswer, now: datetime) -> None:
        """Keep the answer under the key that this unit of work has claimed."""
        ...

    async def purge(self, claimed_before: datetime, limit: int) -> int:
        """Forget at most `limit` keys that were claimed before then; gives how many."""
        ...


class IdempotencyStores(Protocol):
    """The store that shares a unit of work with every feature whose requests bear keys."""

    @property
    def kept_answers(self) -> KeptAnswers:
        """The answers."""
        ...
