"""The activity log over HTTP."""

from flask import Blueprint

from domain.activity.use_cases import Activity
from domain.configuration.use_cases import RuntimeConfiguration
from domain.events import Event
from domain.pagination import Page
from domain.permissions import Permission
from service.routes import RateClass, route
from service.schemas.activity import ActivityQuery, EventResponse
from service.schemas.pagination import PageResponse
from service.views.pages import page_request


def activity_blueprint(activity: Activity, configuration: RuntimeConfiguration) -> Blueprint:
    """Make the routes of the activity log over its use-cases."""
    blueprint = Blueprint("activity", __name__, url_prefix="/v1/activity")

    @route(
        blueprint,
        "GET",
        "",
        callers=Permission.READ_ACTIVITY,
        rate=RateClass.READ,
        query=ActivityQuery,
        answer=PageResponse[EventResponse],
    )
    async def list_activity(query: ActivityQuery) -> Page[Event]:
        """List what happened, newest first."""
        page = await page_request(query, configuration)
        return await activity.list_events(page, kind=query.kind, subject=query.subject)

    return blueprint
