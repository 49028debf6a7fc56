"""What limits need."""

from collections.abc import Sequence
from typing import Protocol

from domain.limits.entities import Charge, Verdict


class RateLimiter(Protocol):
    """Counts what callers spend of limits, by ``domain.limits.entities.judge``.

    Who is limited together is counted together: on a server, by its clock and for all processes; in
    memory, by a monotonic clock and for one process. A caller who was not seen before has spent
    nothing. What is counted may be lost, in the callers' favour; it is never counted against
    anybody else.
    """

    async def take(self, charges: Sequence[Charge]) -> list[Verdict]:
        """Make all charges, or none if one of their limits refuses: a verdict for each, in order.

        It is one step: of callers at once, no more pass than one after another. No limit and
        caller may come twice in `charges`.

        Raises StoreUnavailable where a server counts and is away: the charges may have been made or
        not. Whoever asked then counts elsewhere, for a request must not fail by that.
        """
        ...


class Attempts(RateLimiter, Protocol):
    """Counts attempts at secrets: for all processes, and as long as they count."""

    async def give_back(self, charges: Sequence[Charge]) -> None:
        """Take back charges that were made, for attempts that turned out to be none."""
        ...

    async def purge(self, limit: int) -> int:
        """Forget at most `limit` callers of whom all that was spent is back; gives how many."""
        ...
