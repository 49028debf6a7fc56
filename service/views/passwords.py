"""Passwords over HTTP."""

from http import HTTPStatus

from flask import Blueprint, request

from domain.authentication.errors import (
    InvalidOneTimeToken,
    TooManyAttempts,
)
from domain.authentication.password_changes import PasswordChanges
from domain.errors import InvalidValue, NotFound
from service.clients import client_of
from service.routes import ACCOUNT, PUBLIC, RateClass, route
from service.schemas.credentials import (
    MailBody,
    MailResponse,
    PasswordBody,
    ResetBody,
)
from service.views.second_factors import CONFIRMED


def passwords_blueprint(passwords: PasswordChanges) -> Blueprint:
    """Make the routes of passwords over their use-cases."""
    blueprint = Blueprint("passwords", __name__, url_prefix="/v1")

    @route(
        blueprint,
        "PUT",
        "/me/password",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=PasswordBody,
        status=HTTPStatus.NO_CONTENT,
        unconditional="a password is no resource that anybody could have read before",
        secret=True,
        errors=(NotFound, InvalidValue, *CONFIRMED),
    )
    async def change_password(body: PasswordBody) -> None:
        """Set your password, which signs you out on all other devices."""
        await passwords.change(
            body.password.get_secret_value(), body.confirmation.confirmation(), client_of(request)
        )

    @route(
        blueprint,
        "POST",
        "/password-resets",
        callers=PUBLIC,
        open_because="who forgot the password can't sign in",
        rate=RateClass.WRITE,
        body=MailBody,
        answer=MailResponse,
        status=HTTPStatus.ACCEPTED,
        errors=(InvalidValue, TooManyAttempts),
    )
    async def ask_for_password_reset(body: MailBody) -> None:
        """Ask for a mail by which a forgotten password can be replaced.

        It goes to the address of an account that can sign in. The answer is the same for each.
        """
        await passwords.ask_for_reset(body.email, client_of(request))

    @route(
        blueprint,
        "POST",
        "/password-resets/confirmation",
        callers=PUBLIC,
        open_because="the token says who it is",
        rate=RateClass.WRITE,
        body=ResetBody,
        status=HTTPStatus.NO_CONTENT,
        secret=True,
        errors=(InvalidOneTimeToken, InvalidValue, TooManyAttempts),
    )
    async def reset_password(body: ResetBody) -> None:
        """Set a new password by the token of the mail, which signs you out everywhere.

        The token is good for an hour, and for once. Second factors stay as they are.
        """
        token, password = body.token.get_secret_value(), body.password.get_secret_value()
        await passwords.reset(token, password, client_of(request))

    return blueprint
