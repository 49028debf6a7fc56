"""Kept answers in memory."""

from dataclasses import dataclass
from datetime import datetime

from domain.idempotency.entities import Claim, KeptAnswer, KeptRequest


@dataclass(frozen=True, slots=True)
class _Kept:
    request: KeptRequest
    claimed_at: datetime


class MemoryKeptAnswers:
    """The fake of KeptAnswers; a copy of it is the working state of a transaction."""

    def __init__(self, kept: dict[tuple[str, str], _Kept] | None = None) -> None:
        self._kept = kept or {}

    def copy(self) -> "MemoryKeptAnswers":
        """Give an independent copy."""
        return MemoryKeptAnswers(dict(self._kept))

    # A transaction in memory has the whole state to itself: nobody else can claim meanwhile.
    async def claim(self, claim: Claim, now: datetime) -> KeptRequest | None:  # noqa: ARG002 - kept by stores that last.
        """Look the key up."""
        kept = self._kept.get((claim.caller, claim.key))
        return None if kept is None else kept.request

    async def keep(self, claim: Claim, answer: KeptAnswer, now: datetime) -> None:
        """Put the answer under the key."""
        request = KeptRequest(claim.fingerprint, answer)
        self._kept[(claim.caller, claim.key)] = _Kept(request, now)

    async def purge(self, claimed_before: datetime, limit: int) -> int:
        """Forget the oldest keys."""
        oldest = sorted(self._kept, key=lambda key: self._kept[key].claimed_at)
        purged = [key for key in oldest if self._kept[key].claimed_at < claimed_before][:limit]
        for key in purged:
            del self._kept[key]
        return len(purged)
