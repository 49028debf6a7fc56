"""Limits of requests in time, by the rate class of their route.

Each caller has a count of its own for each class; `service.hooks.entrance` says who is limited.
"""

from collections.abc import Sequence
from math import ceil

from flask import Flask, Response, g

from domain.limits.entities import Limit, Verdict
from service.request_errors import RateLimited
from service.routes import RateClass
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


def tell_limits(app: Flask) -> None:
    """Let answers, refusals and errors too, tell where the caller stands.

    They do so by the fields of draft-ietf-httpapi-ratelimit-headers-11.
    """

    @app.after_request
    def tell(response: Response) -> Response:
        verdicts = g.get("rate_verdicts")
        if verdicts:
            response.headers.add("RateLimit-Policy", ", ".join(map(_policy, verdicts)))
            response.headers.add("RateLimit", ", ".join(map(_state, verdicts)))
        return response


def keep_to_limits(verdicts: Sequence[Verdict]) -> None:
    """Raise RateLimited where one of them refuses."""
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
