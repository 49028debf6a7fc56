"""How callers say who they are."""

from typing import Any

from service import refresh_cookies, ticket_cookies
from service.routes import ACCOUNT, PUBLIC, Route

_OWN_PAGES = (
    "It is HttpOnly, Secure and SameSite=Strict. It counts where a page of this origin, or of one "
    "that the operators let in, has sent the request: `Sec-Fetch-Site: same-origin`, or such an "
    "`Origin`. Else the answer is 403 `/problems/cross-site-request`."
)

_BEARERS = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "What signing in gives, for ten minutes. In development, "
        "`flask token issue --role editor` prints one that needs no account.",
    },
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "imk_…",
        "description": "What a machine shows: a key of an account, with some of its permissions.",
    },
}

_COOKIES = {
    "refreshCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": refresh_cookies.NAME,
        "description": "The refresh token of a page in a browser, which signed in with `cookie`. "
        f"For the rest there is the access token that a refresh gives. {_OWN_PAGES}",
    },
    "ticketCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": ticket_cookies.NAME,
        "description": "The ticket of a page in a browser, which has sent somebody to a provider "
        f"with `cookie`. It finishes that alone. {_OWN_PAGES}",
    },
}


def security_schemes() -> dict[str, Any]:
    """Give the schemes by their names."""
    return {name: dict(scheme) for name, scheme in (_BEARERS | _COOKIES).items()}


def callers(declared: Route) -> dict[str, Any]:
    """Say by which schemes a route is called, any of which will do; its permission by an extension.

    What is public takes a token too, and counts the request to its account. No key gets at what a
    person signs in with.
    """
    if declared.callers == PUBLIC:
        return {"security": [{}, *({name: []} for name in _BEARERS), *_by_cookie(declared)]}
    if declared.callers == ACCOUNT:
        signed_in: dict[str, list[str]] = {"accessToken": []}
        return {"security": [signed_in, *(signed_in | it for it in _by_cookie(declared))]}
    return {
        "security": [{name: []} for name in _BEARERS],
        "x-permission": str(declared.callers),
    }


def _by_cookie(declared: Route) -> list[dict[str, list[str]]]:
    """Give what stands for a secret in the body; beside it, who calls is said as elsewhere."""
    return [{name: []} for name, scheme in _COOKIES.items() if scheme["name"] == declared.cookie]
