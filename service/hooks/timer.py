"""How long requests take, and where the time goes."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

from flask import Flask, request

from domain.timing import Stopwatch
from service.hooks.current import CurrentRequest, current_request
from service.hooks.security_headers import Headers

logger = logging.getLogger(__name__)

# Seconds: the log has milliseconds.
SHOWN = 0.001


@dataclass(frozen=True, slots=True)
class Timer:
    """Times requests from their arrival until their answer begins.

    So neither a client that reads slowly nor a long stream counts as slow. One that takes
    `threshold` seconds or more (0: none does) is logged; with `tells_clients`, each answer says
    where its time went.
    """

    threshold: float
    tells_clients: bool

    def end(self, request: CurrentRequest, status: int | None) -> Headers:
        """Log the request if it was slow (`status` None: it has no answer); give its headers."""
        total = request.stopwatch.elapsed()
        if total >= (self.threshold or math.inf):
            _log(request, status, total)
        if self.tells_clients:
            return ((b"server-timing", _server_timing(request.stopwatch, total)),)
        return ()


def note_routes(app: Flask) -> None:
    """Take note of each request's route, which outside Flask nobody knows."""

    @app.before_request
    def note_route() -> None:
        current, rule = current_request.get(), request.url_rule
        if current is not None and rule is not None:
            current.route = rule.rule


def _log(request: CurrentRequest, status: int | None, total: float) -> None:
    in_stores, parts = _times(request.stopwatch)
    logger.warning(
        "Slow request: %s %s, %s after %.3f s: %.3f s in stores%s, %.3f s elsewhere",
        request.method,
        request.route or "(no route)",
        status or "no answer",
        total,
        in_stores,
        _listed(in_stores, parts),
        max(0.0, total - in_stores),
    )


def _listed(in_stores: float, parts: Mapping[str, float]) -> str:
    """Name the stores; say so where the parts are more than the whole, for some were at once."""
    if not parts:
        return ""
    listed = ", ".join(f"{store} {seconds:.3f} s" for store, seconds in parts.items())
    overlap = sum(parts.values()) - in_stores
    return f" ({listed}, of which {overlap:.3f} s at once)" if overlap > SHOWN else f" ({listed})"


def _server_timing(stopwatch: Stopwatch, total: float) -> bytes:
    """Give the header (https://www.w3.org/TR/server-timing/), in milliseconds."""
    in_stores, parts = _times(stopwatch)
    metrics = {"total": total, "stores": in_stores, **parts}
    text = ", ".join(f"{name.lower()};dur={1000 * it:.2f}" for name, it in metrics.items())
    return text.encode()


def _times(stopwatch: Stopwatch) -> tuple[float, Mapping[str, float]]:
    """Give the seconds in all stores together, and in each, the slowest first."""
    in_stores, parts = stopwatch.read()
    return in_stores, dict(sorted(parts.items(), key=itemgetter(1), reverse=True))
