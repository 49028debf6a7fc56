"""One's own account over HTTP."""

from http import HTTPStatus

from flask import Blueprint

from domain.accounts.entities import Account
from domain.accounts.errors import LastAdministrator
from domain.activity.use_cases import Activity
from domain.authentication.me import Me
from domain.authentication.own_data import Export, OwnData
from domain.entities import Expected
from domain.errors import InvalidValue, NotFound
from domain.events import Event
from service.arguments import JSON, MERGE_PATCH
from service.routes import ACCOUNT, RateClass, route
from service.schemas.accounts import AccountResponse, MyPatch
from service.schemas.activity import EventResponse, OwnActivityQuery
from service.schemas.confirmation import ConfirmedBody
from service.schemas.export import ExportResponse
from service.schemas.pagination import PageResponse
from service.views.lists import Listed, Lists
from service.views.second_factors import CONFIRMED


def me_blueprint(me: Me, own_data: OwnData, activity: Activity, lists: Lists) -> Blueprint:
    """Make the routes of one's own account over its use-cases."""
    blueprint = Blueprint("me", __name__, url_prefix="/v1/me")

    @route(
        blueprint,
        "GET",
        "",
        callers=ACCOUNT,
        rate=RateClass.READ,
        answer=AccountResponse,
        conditional=AccountResponse,
        errors=(NotFound,),
    )
    async def get_me() -> Account:
        """Read your account."""
        return await me.read()

    @route(
        blueprint,
        "PATCH",
        "",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=MyPatch,
        media_types=(MERGE_PATCH, JSON),
        answer=AccountResponse,
        conditional=AccountResponse,
        errors=(NotFound, InvalidValue),
    )
    async def change_me(body: MyPatch, expected: Expected) -> Account:
        """Change your name."""
        return await me.change(body, expected)

    @route(
        blueprint,
        "POST",
        "/deletion",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=ConfirmedBody,
        status=HTTPStatus.NO_CONTENT,
        secret=True,
        errors=(NotFound, *CONFIRMED, LastAdministrator),
    )
    async def delete_me(body: ConfirmedBody) -> None:
        """Delete your account, which signs you out everywhere.

        It is no DELETE, for a confirmation goes in a body, which that has none of (RFC 9110,
        9.3.5). What is kept of the account is removed for good some weeks later.
        """
        await me.delete(body.confirmation.confirmation())

    @route(
        blueprint,
        "GET",
        "/activity",
        callers=ACCOUNT,
        rate=RateClass.READ,
        query=OwnActivityQuery,
        answer=PageResponse[EventResponse],
    )
    async def list_my_activity(query: OwnActivityQuery) -> Listed[Event]:
        """List what happened to your account, newest first."""
        return await lists.page(query, lambda page: activity.list_own_events(page, kind=query.kind))

    @route(
        blueprint,
        "GET",
        "/export",
        callers=ACCOUNT,
        rate=RateClass.BATCH,
        answer=ExportResponse,
        secret=True,
        errors=(NotFound,),
    )
    async def export_my_data() -> Export:
        """Read all that is kept of you, in one document.

        It has the newest 1,000 events; the older ones are at `/v1/me/activity`. Nothing of it lets
        anybody sign in.
        """
        return await own_data.export()

    return blueprint
