"""Limits of requests in time, by the rate class of their route.

Each caller has a count of its own for each class. Not limited are OPTIONS and unknown addresses,
which reach no view and no store, and what is no declared route, such as pages and probes.
"""

from collections.abc import Mapping, Sequence
from math import ceil

from flask import Flask, Response, g, request

from domain.limits.entities import Charge, Limit, Verdict
from domain.limits.ports import RateLimiter
from service.hooks.callers import caller_at
from service.request_errors import RateLimited
from service.routes import RateClass, route_of
from service.settings import Rate, Settings


def rate_limits(settings: Settings) -> dict[RateClass, Limit]:
    """Give the limit of each class; one that is off has none."""
    rates: dict[RateClass, Rate | str] = {
        RateClass.READ: settings.rate_limit_read,
        RateClass.WRITE: settings.rate_limit_write,
        RateClass.BATCH: settings.rate_limit_batch,
    }
    return {
        kind: Limit(kind, rate.quota, rate.seconds)
        for kind, rate in rates.items()
        if isinstance(rate, Rate)
    }


def limit_rates(app: Flask, limits: Mapping[RateClass, Limit], limiter: RateLimiter) -> None:
    """Let requests of declared routes through as long as their callers keep to the limits.

    Their answers, refusals and errors too, tell where the caller stands, by the fields of
    draft-ietf-httpapi-ratelimit-headers-11.
    """

    @app.before_request
    async def take() -> None:
        charges = _charges(app, limits)
        if charges:
            g.rate_verdicts = verdicts = await limiter.take(charges)
            _refuse(verdicts)

    @app.after_request
    def tell(response: Response) -> Response:
        verdicts = g.get("rate_verdicts")
        if verdicts:
            response.headers.add("RateLimit-Policy", ", ".join(map(_policy, verdicts)))
            response.headers.add("RateLimit", ", ".join(map(_state, verdicts)))
        return response


def _charges(app: Flask, limits: Mapping[RateClass, Limit]) -> list[Charge]:
    declared = route_of(app, request.endpoint)
    if declared is None or request.method == "OPTIONS" or declared.rate not in limits:
        return []
    return [Charge(limits[declared.rate], caller_at(request.remote_addr))]


def _refuse(verdicts: Sequence[Verdict]) -> None:
    refused = [verdict for verdict in verdicts if not verdict.allowed]
    if refused:
        last = max(refused, key=lambda verdict: verdict.retry_after)
        raise RateLimited(last.limit, ceil(last.retry_after))


def _policy(verdict: Verdict) -> str:
    limit = verdict.limit
    return f'"{limit.name}";q={limit.quota};w={limit.window}'


def _state(verdict: Verdict) -> str:
    return f'"{verdict.limit.name}";r={verdict.remaining};t={_effective_window(verdict)}'


def _effective_window(verdict: Verdict) -> int:
    """Give the seconds in which the client should send no more than what remains.

    They end no later than Retry-After (section 6). Else all that was spent is back by then; and
    what remains, spread over them, is no more than the policy's own rate (section 8.5).
    """
    if not verdict.allowed:
        return ceil(verdict.retry_after)
    limit = verdict.limit
    return ceil(max(verdict.reset_after, verdict.remaining * limit.window / limit.quota))
