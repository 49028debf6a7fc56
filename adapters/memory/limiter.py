"""A rate limiter in the process's own memory."""

import heapq
import time
from collections.abc import Callable, Sequence

from domain.limits.entities import MICROSECONDS, Charge, Verdict, judge

Account = tuple[str, str]


class MemoryRateLimiter:
    """The fake of RateLimiter and Attempts, and the embedded limiter.

    It is what counts while a server is away, too.

    At most `max_accounts` callers of limits are remembered. Beyond that, the one whose spending
    would be back soonest is forgotten: most often it is back already. To be forgotten while at a
    limit, a caller would need `max_accounts` others that have to wait longer still, and so more
    requests than it gains. No newcomer is refused for want of room.
    """

    def __init__(
        self,
        *,
        max_accounts: int = 10_000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_accounts = max_accounts
        self._monotonic = monotonic
        # When all that an account spent is back, in microseconds.
        self._whole_at: dict[Account, int] = {}
        # Each account once, under that time or, where charges were made or given back, another.
        self._soonest: list[tuple[int, Account]] = []

    async def take(self, charges: Sequence[Charge]) -> list[Verdict]:
        """Make the charges; nothing is awaited, so nobody comes between."""
        now = int(self._monotonic() * MICROSECONDS)
        accounts = [(charge.limit.name, charge.caller) for charge in charges]
        backlogs = [
            min(max(0, self._whole_at.get(account, 0) - now), charge.limit.capacity)
            for account, charge in zip(accounts, charges, strict=True)
        ]
        verdicts = judge(charges, backlogs)
        if all(verdict.allowed for verdict in verdicts):
            for account, backlog, charge in zip(accounts, backlogs, charges, strict=True):
                self._keep(account, now + backlog + charge.limit.interval)
        return verdicts

    async def give_back(self, charges: Sequence[Charge]) -> None:
        """Take charges back."""
        for charge in charges:
            account = (charge.limit.name, charge.caller)
            if account in self._whole_at:
                self._whole_at[account] -= charge.limit.interval

    async def purge(self, limit: int) -> int:  # noqa: ARG002 - named by the port.
        """Forget nobody: there is room for so many, and who comes then makes room."""
        return 0

    def _keep(self, account: Account, whole_at: int) -> None:
        if account not in self._whole_at:
            if len(self._whole_at) >= self._max_accounts:
                self._forget_soonest()
            heapq.heappush(self._soonest, (whole_at, account))
        self._whole_at[account] = whole_at

    def _forget_soonest(self) -> None:
        """Forget an account; those that were charged since are moved to where they belong first."""
        while True:
            noted, account = self._soonest[0]
            whole_at = self._whole_at[account]
            if whole_at == noted:
                break
            heapq.heapreplace(self._soonest, (whole_at, account))
        heapq.heappop(self._soonest)
        del self._whole_at[account]
