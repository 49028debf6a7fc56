"""Signing up over HTTP."""

from http import HTTPStatus

from flask import Blueprint, request

from domain.authentication.errors import InvalidOneTimeToken, SignUpsClosed, TooManyAttempts
from domain.authentication.sign_up import SignUp
from domain.errors import InvalidValue
from service.clients import client_of
from service.routes import PUBLIC, RateClass, route
from service.schemas.credentials import (
    MailBody,
    MailResponse,
    SignUpBody,
    VerificationBody,
)


def sign_up_blueprint(sign_up: SignUp) -> Blueprint:
    """Make the routes of signing up over its use-cases."""
    blueprint = Blueprint("sign_up", __name__, url_prefix="/v1/accounts")

    @route(
        blueprint,
        "POST",
        "",
        callers=PUBLIC,
        open_because="who signs up is nobody yet",
        rate=RateClass.WRITE,
        body=SignUpBody,
        answer=MailResponse,
        status=HTTPStatus.ACCEPTED,
        secret=True,
        errors=(InvalidValue, SignUpsClosed, TooManyAttempts),
    )
    async def sign_up_account(body: SignUpBody) -> None:
        """Sign up.

        A mail with a token goes to the address; there is no account before it came back. Whether
        the address has one already is told to who reads its mail, and in no answer.
        """
        await sign_up.sign_up(body.new_account(), client_of(request))

    @route(
        blueprint,
        "POST",
        "/verification",
        callers=PUBLIC,
        open_because="the token says who it is",
        rate=RateClass.WRITE,
        body=VerificationBody,
        status=HTTPStatus.NO_CONTENT,
        secret=True,
        errors=(InvalidOneTimeToken, InvalidValue, TooManyAttempts),
    )
    async def verify_account(body: VerificationBody) -> None:
        """Confirm an address, and get the account.

        It takes the token of the mail and the password of the very sign-up that it is about. The
        token is good for 24 hours, and for once.
        """
        token, password = body.token.get_secret_value(), body.password.get_secret_value()
        await sign_up.verify(token, password, client_of(request))

    @route(
        blueprint,
        "POST",
        "/verification/resend",
        callers=PUBLIC,
        open_because="who signs up is nobody yet",
        rate=RateClass.WRITE,
        body=MailBody,
        answer=MailResponse,
        status=HTTPStatus.ACCEPTED,
        errors=(InvalidValue, TooManyAttempts),
    )
    async def resend_verification(body: MailBody) -> None:
        """Send the mail of the newest sign-up again, with another token.

        It goes out only as long as a sign-up waits for its confirmation: 24 hours.
        """
        await sign_up.ask_again(body.email, client_of(request))

    return blueprint
