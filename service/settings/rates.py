"""How many requests in how many seconds."""

import re
from dataclasses import dataclass
from typing import Literal

Off = Literal["off"]

LONGEST_WINDOW = 86_400
HIGHEST_RATE = 10_000

_SHAPE = re.compile(r"([1-9][0-9]{0,9})/([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Rate:
    """`quota` requests in `seconds`."""

    quota: int
    seconds: int

    def __str__(self) -> str:
        return f"{self.quota}/{self.seconds}"


def parse_rate(text: str) -> Rate | Off:
    """Read a rate like `600/60`, or `off`; raise ValueError for anything else."""
    if text == "off":
        return "off"
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(f"is {text!r}")
    rate = Rate(int(match[1]), int(match[2]))
    if rate.seconds > LONGEST_WINDOW or rate.quota > HIGHEST_RATE * rate.seconds:
        raise ValueError(f"is {text!r}")
    return rate
