"""Waiting for what happens by itself."""

import time
from collections.abc import Callable

DEADLINE_SECONDS = 60.0
POLL_SECONDS = 0.02


def until(holds: Callable[[], object], what: str, *, seconds: float = DEADLINE_SECONDS) -> None:
    """Ask again and again until it holds; fail at the deadline."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(POLL_SECONDS)
