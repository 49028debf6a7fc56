"""Signing in with a provider over HTTP."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, request

from domain.authentication.errors import (
    CodesUnusable,
    InvalidCredentials,
    InvalidSecondFactor,
    SecondFactorRequired,
    SignUpsClosed,
    TooManyAttempts,
)
from domain.authentication.provider_challenges import BegunSignIn
from domain.authentication.provider_errors import (
    IdentityNotLinked,
    ProviderEmailNotVerified,
    ProviderSignInRefused,
    ProviderUnavailable,
    UnknownProvider,
)
from domain.authentication.provider_sign_in import ProviderSignIn
from service import ticket_cookies
from service.clients import client_of, refuse_other_sites
from service.refresh_cookies import signed_in_answer
from service.request_errors import CrossSiteRequest
from service.routes import PUBLIC, RateClass, route
from service.schemas.pagination import PageResponse
from service.schemas.providers import (
    BeginBody,
    BegunResponse,
    ProviderResponse,
    SignInAnswerBody,
)
from service.schemas.sessions import SignedInResponse
from service.ticket_cookies import drop_ticket_cookie, keep_ticket_cookie, ticket_cookie
from service.views.lists import Listed


@dataclass(frozen=True, slots=True)
class Named:
    """A provider, by its name."""

    name: str


def providers_blueprint(providers: ProviderSignIn, origins: Collection[str]) -> Blueprint:
    """Make the routes over their use-cases; pages of `origins` may use the cookie, too."""
    blueprint = Blueprint("providers", __name__, url_prefix="/v1")

    @route(
        blueprint,
        "GET",
        "/providers",
        callers=PUBLIC,
        rate=RateClass.READ,
        answer=PageResponse[ProviderResponse],
    )
    async def list_providers() -> Listed[Named]:
        """List the providers that you may sign in with: all of them on one page."""
        return Listed([Named(name) for name in providers.names()], None)

    @route(
        blueprint,
        "POST",
        "/providers/<name>/authorizations",
        callers=PUBLIC,
        open_because="who signs in is nobody yet",
        rate=RateClass.WRITE,
        body=BeginBody,
        answer=BegunResponse,
        status=HTTPStatus.CREATED,
        secret=True,
        errors=(UnknownProvider, ProviderUnavailable, CrossSiteRequest),
    )
    async def begin_provider_sign_in(name: str, body: BeginBody) -> Mapping[str, object]:
        """Begin to sign in with a provider.

        Keep the ticket, and lead the person to `authorizationUrl`. The provider leads them back to
        the address that is registered there, with `state`, `code` and mostly `iss` in its query.
        """
        if body.cookie:
            refuse_other_sites(request, origins)
        return begun_answer(await providers.begin(name), by_cookie=body.cookie)

    @route(
        blueprint,
        "POST",
        "/sessions/provider",
        callers=PUBLIC,
        open_because="what the provider says tells who signs in",
        rate=RateClass.WRITE,
        body=SignInAnswerBody,
        answer=SignedInResponse,
        status=HTTPStatus.CREATED,
        secret=True,
        cookie=ticket_cookies.NAME,
        errors=(
            ProviderSignInRefused,
            ProviderUnavailable,
            ProviderEmailNotVerified,
            IdentityNotLinked,
            SignUpsClosed,
            InvalidCredentials,
            SecondFactorRequired,
            InvalidSecondFactor,
            CodesUnusable,
            TooManyAttempts,
            CrossSiteRequest,
        ),
    )
    async def create_session_with_provider(body: SignInAnswerBody) -> Mapping[str, object]:
        """Sign in with what came back from a provider.

        Who comes for the first time gets an account, if the provider says that it has verified
        their address, and no account has it. An account with a second factor asks for it: then send
        the same again, with `secondFactor`.
        """
        if body.cookie:
            refuse_other_sites(request, origins)
        signed_in = await providers.finish(
            body.answer(ticket_cookie(request)),
            client_of(request),
            code=body.second_factor.get_secret_value() if body.second_factor else None,
            device_token=body.device_token.get_secret_value() if body.device_token else None,
        )
        if body.cookie:
            drop_ticket_cookie()
        return signed_in_answer(signed_in, by_cookie=body.cookie)

    return blueprint


def begun_answer(begun: BegunSignIn, *, by_cookie: bool) -> Mapping[str, object]:
    """Give what a client gets who has begun, the ticket in a cookie or beside the rest."""
    if by_cookie:
        keep_ticket_cookie(begun.ticket)
    return {
        "authorization_url": begun.authorization_url,
        "state": begun.state,
        "ticket": None if by_cookie else begun.ticket,
        "expires_at": begun.expires_at,
    }
