"""The ticket of a sign-in with a provider in a cookie, which no script can read.

So a sign-in is finished in the browser that began it, and nowhere else. The page to which the
provider leads back sends it from this very origin, for which SameSite=Strict is enough.
"""

from flask import Request, Response, after_this_request

from domain.authentication.provider_challenges import LIFE

NAME = "__Host-ticket"
"""Its prefix binds it to this host, to https and to no other path (RFC 6265bis, 4.1.3.2)."""


def ticket_cookie(request: Request) -> str | None:
    """Give the ticket that a browser sent."""
    return request.cookies.get(NAME)


def keep_ticket_cookie(ticket: str) -> None:
    """Have the answer to the current request put the ticket in the browser, over an older one."""
    _set_after_this(ticket, int(LIFE.total_seconds()))


def drop_ticket_cookie() -> None:
    """Have the answer to the current request take it out of the browser."""
    _set_after_this("", 0)


def _set_after_this(value: str, max_age: int) -> None:
    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            NAME, value, max_age=max_age, secure=True, httponly=True, samesite="Strict", path="/"
        )
        return response
