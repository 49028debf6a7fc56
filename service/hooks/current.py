"""The request that the running code belongs to."""

from contextvars import ContextVar
from dataclasses import dataclass

from domain.timing import Stopwatch
from service.hooks.tracing import Trace


@dataclass(slots=True)
class CurrentRequest:
    """What is told of a request in its answer and in the log.

    `stopwatch` runs from its arrival. `route` is the rule that it matched, None before that or
    where none does. It is `answered` once its answer begins.
    """

    method: str
    id: str
    trace: Trace | None
    stopwatch: Stopwatch
    route: str | None = None
    answered: bool = False


current_request: ContextVar[CurrentRequest | None] = ContextVar("current_request", default=None)
"""None in background work; a task or a sync view's thread that a request starts has the request's.
"""


def outgoing_trace_headers() -> dict[str, str]:
    """Give what a request to another service has to carry, so that it belongs to the same trace."""
    request = current_request.get()
    return request.trace.headers() if request and request.trace else {}
