"""Codes of an app, and recovery codes, over HTTP."""

from http import HTTPStatus

from flask import Blueprint, request

from domain.authentication.errors import (
    CodesEnabled,
    CodesUnusable,
    ConfirmationRequired,
    NoSecondFactor,
    TooManyAttempts,
)
from domain.authentication.totp_use_cases import Enrolment, FactorsOverview, TOTPUseCases
from domain.errors import InvalidValue, NotFound
from service.clients import client_of
from service.routes import ACCOUNT, RateClass, route
from service.schemas.confirmation import ConfirmedBody
from service.schemas.second_factors import (
    CodeBody,
    EnrolmentResponse,
    FactorsResponse,
    RecoveryCodesResponse,
)

# How a confirmation can fail.
CONFIRMED = (ConfirmationRequired, CodesUnusable, TooManyAttempts)


def second_factors_blueprint(totp: TOTPUseCases) -> Blueprint:
    """Make the routes of one's own second factors over their use-cases."""
    blueprint = Blueprint("second_factors", __name__, url_prefix="/v1/me")

    @route(
        blueprint,
        "GET",
        "/second-factors",
        callers=ACCOUNT,
        rate=RateClass.READ,
        answer=FactorsResponse,
    )
    async def get_second_factors() -> FactorsOverview:
        """Read which second factors you have."""
        return await totp.read()

    @route(
        blueprint,
        "POST",
        "/totp",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=ConfirmedBody,
        answer=EnrolmentResponse,
        status=HTTPStatus.CREATED,
        secret=True,
        errors=(*CONFIRMED, NotFound, CodesEnabled),
    )
    async def begin_totp(body: ConfirmedBody) -> Enrolment:
        """Get the secret of an app for codes.

        It counts for nothing until a code of the app is sent to `/v1/me/totp/confirmation`, within
        fifteen minutes.
        """
        return await totp.begin(body.confirmation.confirmation())

    @route(
        blueprint,
        "POST",
        "/totp/confirmation",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=CodeBody,
        answer=RecoveryCodesResponse,
        secret=True,
        errors=(TooManyAttempts, CodesEnabled, InvalidValue, NotFound),
    )
    async def enable_totp(body: CodeBody) -> tuple[str, ...]:
        """Ask for codes from now on, by a code that the app shows."""
        return await totp.enable(body.code.get_secret_value(), client_of(request))

    @route(
        blueprint,
        "POST",
        "/totp/removal",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=ConfirmedBody,
        status=HTTPStatus.NO_CONTENT,
        secret=True,
        errors=(*CONFIRMED, NotFound, NoSecondFactor),
    )
    async def remove_totp(body: ConfirmedBody) -> None:
        """Ask for codes of the app no longer.

        It is no DELETE, for a confirmation goes in a body, which that has none of (RFC 9110,
        9.3.5). Without another second factor, the recovery codes end as well.
        """
        await totp.remove(body.confirmation.confirmation(), client_of(request))

    @route(
        blueprint,
        "POST",
        "/recovery-codes",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=ConfirmedBody,
        answer=RecoveryCodesResponse,
        secret=True,
        errors=(*CONFIRMED, NotFound, NoSecondFactor),
    )
    async def renew_recovery_codes(body: ConfirmedBody) -> tuple[str, ...]:
        """Get new recovery codes in place of those before."""
        return await totp.renew_recovery_codes(body.confirmation.confirmation(), client_of(request))

    return blueprint
