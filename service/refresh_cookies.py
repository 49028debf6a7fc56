"""The refresh token in a cookie, which no script can read and no other site can send."""

from collections.abc import Mapping

from flask import Request, Response, after_this_request

from domain.authentication.entities import SESSION_IDLE_LIFE, SignedIn

NAME = "__Host-refresh"
"""Its prefix binds it to this host, to https and to no other path (RFC 6265bis, 4.1.3.2)."""


def refresh_cookie(request: Request) -> str | None:
    """Give the refresh token that a browser sent."""
    return request.cookies.get(NAME)


def signed_in_answer(signed_in: SignedIn, *, by_cookie: bool) -> Mapping[str, object]:
    """Give what SignedInResponse tells; a refresh token that comes by cookie is left out."""
    if by_cookie:
        _set_after_this(signed_in.refresh_token, int(SESSION_IDLE_LIFE.total_seconds()))
    return {
        "access_token": signed_in.access_token,
        "token_type": "Bearer",
        "expires_in": signed_in.expires_in,
        "refresh_token": None if by_cookie else signed_in.refresh_token,
        "device_token": signed_in.device_token,
    }


def drop_refresh_cookie() -> None:
    """Have the answer to the current request, also a problem, take it out of the browser."""
    _set_after_this("", 0)


def _set_after_this(value: str, max_age: int) -> None:
    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            NAME, value, max_age=max_age, secure=True, httponly=True, samesite="Strict", path="/"
        )
        return response
