"""What somebody was asked, and may answer once within a short time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """One question that waits for its answer.

    `purpose` is what it was asked for; an answer counts for nothing else. `account_id` is whom it
    was put to, None for somebody who has not said who they are. `details` is what has to be known
    to judge the answer. It can be answered until before `expires_at`.
    """

    id: UUID
    purpose: str
    account_id: UUID | None
    details: Mapping[str, str]
    expires_at: datetime
    created_at: datetime


class Challenges(Protocol):
    """The challenges that were not answered yet. Those of an account go along with it."""

    async def add(self, challenge: Challenge) -> None:
        """Keep a new challenge; its account must exist. Raises Conflict when its id is taken."""
        ...

    async def take(self, challenge_id: UUID, purpose: str, now: datetime) -> Challenge | None:
        """Give the challenge and forget it, so that of many who take it one gets it.

        None for one that is unknown, taken already, expired, or for another purpose; such a one
        stays.
        """
        ...

    async def purge(self, expired_before: datetime, limit: int) -> int:
        """Remove at most `limit` challenges that expired before then; gives how many."""
        ...
