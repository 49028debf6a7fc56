"""The activity log over HTTP."""

from flask import Blueprint, Response

from domain.activity.use_cases import Activity
from domain.configuration.use_cases import RuntimeConfiguration
from service.schemas.activity import ActivityQuery, EventResponse
from service.schemas.pagination import PageResponse
from service.views.messages import json_response, read_query
from service.views.pages import page_request

_PAGE = PageResponse[EventResponse]


def activity_blueprint(activity: Activity, configuration: RuntimeConfiguration) -> Blueprint:
    """Make the routes of the activity log over its use-cases."""
    blueprint = Blueprint("activity", __name__, url_prefix="/v1/activity")

    @blueprint.get("")
    async def list_activity() -> Response:
        query = read_query(ActivityQuery)
        page = await page_request(query, configuration)
        events = await activity.list_events(page, kind=query.kind, subject=query.subject)
        return json_response(_PAGE.of(events))

    return blueprint
