"""The activity log over HTTP."""

from flask import Blueprint

from domain.activity.use_cases import Activity
from domain.events import Event
from domain.permissions import Permission
from service.routes import RateClass, route
from service.schemas.activity import ActivityQuery, EventResponse
from service.schemas.pagination import PageResponse
from service.views.lists import Listed, Lists


def activity_blueprint(activity: Activity, lists: Lists) -> Blueprint:
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
    async def list_activity(query: ActivityQuery) -> Listed[Event]:
        """List what happened, newest first."""
        return await lists.page(
            query,
            lambda page: activity.list_events(page, kind=query.kind, subject=query.subject),
        )

    return blueprint
