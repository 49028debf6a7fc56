"""Passkeys over HTTP."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, request

from domain.authentication.errors import InvalidChallenge, PasskeyKnown, TooManyPasskeys
from domain.authentication.factors import Passkey
from domain.authentication.passkey_challenges import PasskeyOptions
from domain.authentication.passkey_use_cases import AddedPasskey, PasskeyUseCases
from domain.authentication.provider_errors import LastWayIn
from domain.errors import InvalidValue, NotFound
from service.clients import client_of
from service.routes import ACCOUNT, RateClass, route
from service.schemas.confirmation import ConfirmedBody
from service.schemas.pagination import PageResponse
from service.schemas.passkeys import (
    AddedPasskeyResponse,
    PasskeyBody,
    PasskeyOptionsResponse,
    PasskeyResponse,
)
from service.views.lists import Listed
from service.views.second_factors import CONFIRMED


def passkeys_blueprint(passkeys: PasskeyUseCases) -> Blueprint:
    """Make the routes of one's own passkeys over their use-cases."""
    blueprint = Blueprint("passkeys", __name__, url_prefix="/v1/me/passkeys")

    @route(
        blueprint,
        "POST",
        "/options",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=ConfirmedBody,
        answer=PasskeyOptionsResponse,
        secret=True,
        errors=(*CONFIRMED, NotFound, TooManyPasskeys),
    )
    async def begin_passkey(body: ConfirmedBody) -> PasskeyOptions:
        """Get what a browser needs to make a passkey."""
        return await passkeys.begin(body.confirmation.confirmation())

    @route(
        blueprint,
        "POST",
        "",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=PasskeyBody,
        answer=AddedPasskeyResponse,
        status=HTTPStatus.CREATED,
        secret=True,
        errors=(InvalidChallenge, InvalidValue, NotFound, PasskeyKnown, TooManyPasskeys),
    )
    async def add_passkey(body: PasskeyBody) -> AddedPasskey:
        """Add the passkey that a browser made."""
        return await passkeys.add(body.challenge_id, body.name, body.response, client_of(request))

    @route(
        blueprint,
        "GET",
        "",
        callers=ACCOUNT,
        rate=RateClass.READ,
        answer=PageResponse[PasskeyResponse],
    )
    async def list_passkeys() -> Listed[Passkey]:
        """List your passkeys, oldest first: all of them on one page."""
        return Listed(await passkeys.list(), None)

    @route(
        blueprint,
        "POST",
        "/<uuid:passkey_id>/removal",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=ConfirmedBody,
        status=HTTPStatus.NO_CONTENT,
        secret=True,
        errors=(*CONFIRMED, LastWayIn, NotFound),
    )
    async def remove_passkey(passkey_id: UUID, body: ConfirmedBody) -> None:
        """Remove a passkey, so that nobody signs in by it any more.

        It is no DELETE, for a confirmation goes in a body, which that has none of (RFC 9110,
        9.3.5). Without another second factor, the recovery codes end as well.
        """
        await passkeys.remove(passkey_id, body.confirmation.confirmation(), client_of(request))

    return blueprint
