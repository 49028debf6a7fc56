"""The distributed trace that a request belongs to (W3C Trace Context, level 1)."""

import re
from dataclasses import dataclass

TRACEPARENT = b"traceparent"
TRACESTATE = b"tracestate"

SAMPLED = 0x01
# What must be passed on at least (3.3.1.5); more is left out, as a whole.
LONGEST_STATE = 512

_TRACEPARENT = re.compile(rb"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_STATE = re.compile(rb"[\x20-\x7e\t]*")


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace, and the caller's step in it. This service records no steps of its own."""

    id: str
    parent_id: str
    sampled: bool
    state: str

    def headers(self) -> dict[str, str]:
        """Give the headers of an outgoing request, which then is a child of the caller's step."""
        passed_on = {"traceparent": f"00-{self.id}-{self.parent_id}-{self.sampled:02x}"}
        return {**passed_on, "tracestate": self.state} if self.state else passed_on


def parse_trace(traceparent: bytes | None, tracestate: bytes | None) -> Trace | None:
    """Read a caller's headers; None where it sent none, or what the standard calls invalid.

    Of a version that is still to come, what it shares with this one is read (3.2.4).
    """
    match = None if traceparent is None else _TRACEPARENT.fullmatch(traceparent)
    if match is None:
        return None
    version, trace_id, parent_id, flags, more = match.groups()
    if (version == b"00" and more) or not int(trace_id, 16) or not int(parent_id, 16):
        return None
    sampled = bool(int(flags, 16) & SAMPLED)
    return Trace(trace_id.decode(), parent_id.decode(), sampled, _state(tracestate))


def _state(sent: bytes | None) -> str:
    if sent is None or len(sent) > LONGEST_STATE or not _STATE.fullmatch(sent):
        return ""
    return sent.decode("ascii")
