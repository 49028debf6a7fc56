"""Who is let in: every declared route's requests, before anything else of them is read.

Not looked at are OPTIONS and unknown addresses, which reach no view and no store, and what is no
declared route, such as pages and probes.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from flask import Flask, Request, g
from flask.globals import request_ctx

from domain.authentication.entrance import Entrance
from domain.callers import NOBODY, Caller
from domain.errors import NotAuthenticated, NotPermitted
from domain.limits.entities import Limit
from service.clients import address_of
from service.hooks.callers import caller_at
from service.hooks.rate_limits import keep_to_limits
from service.routes import ACCOUNT, PUBLIC, Callers, RateClass, route_of

# RFC 6750, 2.1. Two headers of the name arrive with a comma between, which fits nothing.
_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
# What no token is: so a header that can't be read is refused, and never taken for none.
_UNREADABLE = ""


def let_in(app: Flask, limits: Mapping[RateClass, Limit], entrance: Entrance) -> None:
    """Let those in who keep to their limits, are who they say, and may call the route."""

    @app.before_request
    async def enter() -> None:
        # Every request comes by here, and each attribute of a proxy takes its time.
        sent = request_ctx.request
        declared = route_of(app, sent.endpoint)
        if declared is None or sent.method == "OPTIONS":
            return
        address = caller_at(sent.remote_addr)
        entry = await entrance.enter(_credential(sent), limits.get(declared.rate), address)
        g.rate_verdicts = entry.verdicts
        keep_to_limits(entry.verdicts)
        if entry.refusal is not None:
            raise entry.refusal
        g.caller = _at(entry.caller, sent.remote_addr)
        _check(entry.caller, declared.callers)


def _credential(sent: Request) -> str | None:
    """Give what the request shows; a credential anywhere but in this header is none."""
    header = sent.environ.get("HTTP_AUTHORIZATION")
    if header is None:
        return None
    match = _BEARER.fullmatch(header)
    return match[1] if match else _UNREADABLE


def _at(caller: Caller, remote_address: str | None) -> Caller:
    return caller if caller is NOBODY else replace(caller, address=address_of(remote_address))


def _check(caller: Caller, callers: Callers) -> None:
    if callers == PUBLIC:
        return
    if caller is NOBODY:
        raise NotAuthenticated
    if callers != ACCOUNT and callers not in caller.permissions:
        raise NotPermitted(callers)
