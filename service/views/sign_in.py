"""Signing in, going on and signing out over HTTP."""

from collections.abc import Collection, Mapping
from http import HTTPStatus

from flask import Blueprint, request

from domain.authentication.errors import (
    CodesUnusable,
    InvalidCredentials,
    InvalidSecondFactor,
    InvalidToken,
    SecondFactorRequired,
    TooManyAttempts,
)
from domain.authentication.sessions import SessionUseCases
from domain.authentication.sign_in import SignIn
from domain.errors import NotFound
from service import refresh_cookies
from service.clients import client_of, refuse_other_sites
from service.refresh_cookies import drop_refresh_cookie, refresh_cookie, signed_in_answer
from service.request_errors import CrossSiteRequest
from service.routes import ACCOUNT, PUBLIC, RateClass, route
from service.schemas.sessions import RefreshBody, SignedInResponse, SignInBody


def sign_in_blueprint(
    sign_in: SignIn, sessions: SessionUseCases, origins: Collection[str]
) -> Blueprint:
    """Make the routes over their use-cases; pages of `origins` may use the cookie, too."""
    blueprint = Blueprint("sign_in", __name__, url_prefix="/v1/sessions")

    @route(
        blueprint,
        "POST",
        "",
        callers=PUBLIC,
        open_because="who signs in is nobody yet",
        rate=RateClass.WRITE,
        body=SignInBody,
        answer=SignedInResponse,
        status=HTTPStatus.CREATED,
        secret=True,
        errors=(
            InvalidCredentials,
            SecondFactorRequired,
            InvalidSecondFactor,
            CodesUnusable,
            TooManyAttempts,
            CrossSiteRequest,
        ),
    )
    async def create_session(body: SignInBody) -> Mapping[str, object]:
        """Sign in.

        Send the access token with each request: `Authorization: Bearer …`. Before it has expired,
        get the next one for the refresh token. Keep the device token, and send it with the next
        sign-in on the same device: so nobody who guesses at the password can keep you out.

        With `cookie`, for pages in a browser, the refresh token comes in a cookie that no script
        can read.
        """
        if body.cookie:
            refuse_other_sites(request, origins)
        signed_in = await sign_in.sign_in(body.credentials(), client_of(request))
        return signed_in_answer(signed_in, by_cookie=body.cookie)

    @route(
        blueprint,
        "POST",
        "/refresh",
        callers=PUBLIC,
        open_because="the refresh token says whose session it is",
        rate=RateClass.WRITE,
        body=RefreshBody,
        answer=SignedInResponse,
        secret=True,
        cookie=refresh_cookies.NAME,
        errors=(InvalidToken, CrossSiteRequest),
    )
    async def refresh_session(body: RefreshBody) -> Mapping[str, object]:
        """Go on with a session.

        Each refresh token is used once, and gives way to the next. Repeat a request whose answer
        was lost within 30 s: it gets the same one. A token that is used later than that was stolen
        by somebody, so its session ends. Without `refreshToken`, that of the cookie is used.
        """
        if body.refresh_token is not None:
            token = body.refresh_token.get_secret_value()
            signed_in = await sessions.refresh(token, client_of(request))
            return signed_in_answer(signed_in, by_cookie=False)
        refuse_other_sites(request, origins)
        try:
            signed_in = await sessions.refresh(refresh_cookie(request) or "", client_of(request))
        except InvalidToken:
            drop_refresh_cookie()
            raise
        return signed_in_answer(signed_in, by_cookie=True)

    @route(
        blueprint,
        "DELETE",
        "/current",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        status=HTTPStatus.NO_CONTENT,
        unconditional="a session ends, whatever became of it",
        errors=(NotFound,),
    )
    async def end_current_session() -> None:
        """Sign out. Neither token holds from then on."""
        await sessions.end_current()
        drop_refresh_cookie()

    return blueprint
