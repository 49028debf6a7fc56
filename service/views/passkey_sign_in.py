"""Signing in by a passkey over HTTP."""

from collections.abc import Collection, Mapping
from http import HTTPStatus

from flask import Blueprint, request

from domain.authentication.errors import InvalidChallenge, InvalidCredentials, InvalidPasskey
from domain.authentication.passkey_challenges import PasskeyOptions
from domain.authentication.passkey_sign_in import PasskeySignIn
from service.clients import client_of, refuse_other_sites
from service.refresh_cookies import signed_in_answer
from service.request_errors import CrossSiteRequest
from service.routes import PUBLIC, RateClass, route
from service.schemas.passkeys import (
    EmptyBody,
    PasskeyOptionsResponse,
    PasskeySignInBody,
)
from service.schemas.sessions import SignedInResponse


def passkey_sign_in_blueprint(sign_in: PasskeySignIn, origins: Collection[str]) -> Blueprint:
    """Make the routes over their use-case; pages of `origins` may use the cookie, too."""
    blueprint = Blueprint("passkey_sign_in", __name__, url_prefix="/v1/sessions/passkey")

    @route(
        blueprint,
        "POST",
        "/options",
        callers=PUBLIC,
        open_because="who signs in is nobody yet",
        rate=RateClass.WRITE,
        body=EmptyBody,
        answer=PasskeyOptionsResponse,
        secret=True,
    )
    async def begin_passkey_session(body: EmptyBody) -> PasskeyOptions:  # noqa: ARG001  # It says nothing.
        """Get what a browser needs to sign in by a passkey."""
        return await sign_in.begin()

    @route(
        blueprint,
        "POST",
        "",
        callers=PUBLIC,
        open_because="who signs in is nobody yet",
        rate=RateClass.WRITE,
        body=PasskeySignInBody,
        answer=SignedInResponse,
        status=HTTPStatus.CREATED,
        secret=True,
        errors=(InvalidChallenge, InvalidCredentials, InvalidPasskey, CrossSiteRequest),
    )
    async def create_passkey_session(body: PasskeySignInBody) -> Mapping[str, object]:
        """Sign in by a passkey alone, or where a password asks for a second factor.

        Its user was verified by the authenticator, so it counts as both factors. The answer is that
        of `POST /v1/sessions`.
        """
        if body.cookie:
            refuse_other_sites(request, origins)
        token = body.device_token
        signed_in = await sign_in.sign_in(
            body.challenge_id,
            body.response,
            client_of(request),
            device_token=None if token is None else token.get_secret_value(),
        )
        return signed_in_answer(signed_in, by_cookie=body.cookie)

    return blueprint
