"""One's own identities at providers over HTTP."""

from collections.abc import Collection, Mapping
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, request

from domain.authentication.my_identities import MyIdentities, MyIdentity
from domain.authentication.provider_errors import (
    IdentityTaken,
    LastWayIn,
    ProviderSignInRefused,
    ProviderUnavailable,
    TooManyIdentities,
    UnknownProvider,
)
from domain.errors import NotFound
from service import ticket_cookies
from service.clients import client_of, refuse_other_sites
from service.request_errors import CrossSiteRequest
from service.routes import ACCOUNT, RateClass, route
from service.schemas.confirmation import ConfirmedBody
from service.schemas.pagination import PageResponse
from service.schemas.providers import AnswerBody, BeginLinkBody, BegunResponse, IdentityResponse
from service.ticket_cookies import drop_ticket_cookie, ticket_cookie
from service.views.lists import Listed
from service.views.providers import begun_answer
from service.views.second_factors import CONFIRMED


def my_identities_blueprint(identities: MyIdentities, origins: Collection[str]) -> Blueprint:
    """Make the routes over their use-cases; pages of `origins` may use the cookie, too."""
    blueprint = Blueprint("my_identities", __name__, url_prefix="/v1/me/identities")

    @route(
        blueprint,
        "GET",
        "",
        callers=ACCOUNT,
        rate=RateClass.READ,
        answer=PageResponse[IdentityResponse],
    )
    async def list_identities() -> Listed[MyIdentity]:
        """List who you are at providers, the first linked first: all of them on one page."""
        return Listed(await identities.list(), None)

    @route(
        blueprint,
        "POST",
        "/authorizations",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=BeginLinkBody,
        answer=BegunResponse,
        status=HTTPStatus.CREATED,
        secret=True,
        errors=(*CONFIRMED, UnknownProvider, ProviderUnavailable, CrossSiteRequest),
    )
    async def begin_identity(body: BeginLinkBody) -> Mapping[str, object]:
        """Begin to link an identity at a provider, so that you can sign in with it.

        Go on as with a sign-in, and hand in what comes back to `/v1/me/identities`.
        """
        if body.cookie:
            refuse_other_sites(request, origins)
        begun = await identities.begin(body.provider, body.confirmation.confirmation())
        return begun_answer(begun, by_cookie=body.cookie)

    @route(
        blueprint,
        "POST",
        "",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=AnswerBody,
        answer=IdentityResponse,
        status=HTTPStatus.CREATED,
        secret=True,
        cookie=ticket_cookies.NAME,
        errors=(
            ProviderSignInRefused,
            ProviderUnavailable,
            IdentityTaken,
            TooManyIdentities,
            NotFound,
            CrossSiteRequest,
        ),
    )
    async def add_identity(body: AnswerBody) -> MyIdentity:
        """Link whom the provider names."""
        if body.cookie:
            refuse_other_sites(request, origins)
        linked = await identities.link(body.answer(ticket_cookie(request)), client_of(request))
        if body.cookie:
            drop_ticket_cookie()
        return linked

    @route(
        blueprint,
        "POST",
        "/<uuid:identity_id>/removal",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=ConfirmedBody,
        status=HTTPStatus.NO_CONTENT,
        secret=True,
        errors=(*CONFIRMED, NotFound, LastWayIn),
    )
    async def remove_identity(identity_id: UUID, body: ConfirmedBody) -> None:
        """Unlink an identity. Sessions that it began go on.

        It is no DELETE, for a confirmation goes in a body, which that has none of (RFC 9110,
        9.3.5). The last way into an account can't be removed.
        """
        await identities.unlink(identity_id, body.confirmation.confirmation(), client_of(request))

    return blueprint
