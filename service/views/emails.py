"""The address of one's own account over HTTP."""

from http import HTTPStatus

from flask import Blueprint, request

from domain.accounts.errors import EmailTaken
from domain.authentication.email_changes import EmailChanges
from domain.authentication.errors import (
    InvalidOneTimeToken,
    TooManyAttempts,
)
from domain.errors import InvalidValue, NotFound
from service.clients import client_of
from service.routes import ACCOUNT, RateClass, route
from service.schemas.credentials import EmailBody, MailResponse, TokenBody
from service.views.second_factors import CONFIRMED


def emails_blueprint(emails: EmailChanges) -> Blueprint:
    """Make the routes of the address over its use-cases."""
    blueprint = Blueprint("emails", __name__, url_prefix="/v1/me/email")

    @route(
        blueprint,
        "PUT",
        "",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=EmailBody,
        answer=MailResponse,
        status=HTTPStatus.ACCEPTED,
        unconditional="it changes nothing before the new address is confirmed",
        secret=True,
        errors=(NotFound, InvalidValue, *CONFIRMED),
    )
    async def change_email(body: EmailBody) -> None:
        """Ask for another address of your account.

        A token goes to the new address, and a notice to the present one, which counts until the
        token came back.
        """
        await emails.ask(body.email, body.confirmation.confirmation(), client_of(request))

    @route(
        blueprint,
        "POST",
        "/confirmation",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=TokenBody,
        status=HTTPStatus.NO_CONTENT,
        errors=(InvalidOneTimeToken, EmailTaken, TooManyAttempts),
    )
    async def confirm_email(body: TokenBody) -> None:
        """Use the new address from now on, which signs you out on all other devices.

        The token is good for 24 hours and for once, and no longer than the password with which it
        was asked for.
        """
        await emails.confirm(body.token.get_secret_value(), client_of(request))

    return blueprint
