"""Challenges in memory."""

from datetime import datetime
from uuid import UUID

from domain.authentication.challenges import Challenge
from domain.errors import Conflict


class MemoryChallenges:
    """The fake of Challenges; a copy of it is the working state of a transaction."""

    def __init__(self, challenges: dict[UUID, Challenge] | None = None) -> None:
        self._challenges = challenges or {}

    def copy(self) -> "MemoryChallenges":
        """Give an independent copy."""
        return MemoryChallenges(dict(self._challenges))

    async def add(self, challenge: Challenge) -> None:
        """Keep a new challenge."""
        if challenge.id in self._challenges:
            raise Conflict("A key is taken already.")
        self._challenges[challenge.id] = challenge

    async def take(self, challenge_id: UUID, purpose: str, now: datetime) -> Challenge | None:
        """Remove it where it counts."""
        found = self._challenges.get(challenge_id)
        if found is None or found.purpose != purpose or found.expires_at <= now:
            return None
        return self._challenges.pop(challenge_id)

    async def purge(self, expired_before: datetime, limit: int) -> int:
        """Forget those that expired first."""
        oldest = sorted(self._challenges.values(), key=lambda it: it.expires_at)
        purged = [it for it in oldest if it.expires_at < expired_before][:limit]
        for challenge in purged:
            del self._challenges[challenge.id]
        return len(purged)
