"""Limits and what they say to a request, by the generic cell rate algorithm (ITU-T I.371, annex A).

Time is counted in whole microseconds, so that every adapter reckons alike, to the last request.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MICROSECONDS = 1_000_000
SHORTEST_INTERVAL = 100


@dataclass(frozen=True, slots=True)
class Limit:
    """`quota` requests in `window` seconds, one by one, and up to `burst` of them at once.

    What was spent comes back evenly, a request in each `interval`. So a caller who spent nothing
    gets at most `quota + burst` through in any one window, and `quota` in the long run. Without a
    `burst`, the whole quota may be spent at once.

    `interval` is the number of microseconds in which one request comes back, never less than the
    quota asks for, and `capacity` that of a whole burst: the greatest backlog.

    `name` is a word of lower-case letters: it stands in keys and headers. Raises ValueError for
    numbers below 1, and for more requests than one in SHORTEST_INTERVAL.
    """

    name: str
    quota: int
    window: int
    burst: int | None = None
    interval: int = field(init=False, repr=False)
    capacity: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if min(self.quota, self.window, 1 if self.burst is None else self.burst) < 1:
            raise ValueError(f"The limit {self.name} has a number below 1.")
        # Each request needs them, some of them twice.
        interval = -(-self.window * MICROSECONDS // self.quota)
        object.__setattr__(self, "interval", interval)
        object.__setattr__(self, "capacity", interval * (self.burst or self.quota))
        if interval < SHORTEST_INTERVAL:
            raise ValueError(f"The limit {self.name} is too high to be counted.")


class Charge(NamedTuple):
    """One request on the account of a limit's `caller`: a short text that names who asks."""

    limit: Limit
    caller: str


class Verdict(NamedTuple):
    """What one limit says to a request, and where it leaves the caller.

    `remaining` more requests would pass now. `retry_after` is the number of seconds until this one
    would have passed, 0 if it does; `reset_after`, until all that was spent has come back.
    """

    limit: Limit
    allowed: bool
    remaining: int
    retry_after: float
    reset_after: float


def judge(charges: Sequence[Charge], backlogs: Sequence[int]) -> list[Verdict]:
    """Say whether charges pass on top of their callers' backlogs: all are made, or none.

    A backlog is the number of microseconds until all that was spent has come back. A charge that
    is made adds its limit's interval.
    """
    allowed = [
        backlog + charge.limit.interval <= charge.limit.capacity
        for charge, backlog in zip(charges, backlogs, strict=True)
    ]
    made = all(allowed)
    return [
        _verdict(charge.limit, backlog, allowed=passes, made=made)
        for charge, backlog, passes in zip(charges, backlogs, allowed, strict=True)
    ]


def _verdict(limit: Limit, backlog: int, *, allowed: bool, made: bool) -> Verdict:
    after = backlog + limit.interval if made else backlog
    return Verdict(
        limit=limit,
        allowed=allowed,
        remaining=(limit.capacity - after) // limit.interval,
        retry_after=max(0, backlog + limit.interval - limit.capacity) / MICROSECONDS,
        reset_after=after / MICROSECONDS,
    )
