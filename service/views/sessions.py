"""One's own sessions over HTTP."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint

from domain.authentication.sessions import MySession, SessionUseCases
from domain.errors import NotFound
from service.refresh_cookies import drop_refresh_cookie
from service.routes import ACCOUNT, RateClass, route
from service.schemas.pagination import PageResponse
from service.schemas.sessions import EndSessionsQuery, SessionResponse
from service.views.lists import Listed

_UNCONDITIONAL = "a session ends, whatever became of it"


def sessions_blueprint(sessions: SessionUseCases) -> Blueprint:
    """Make the routes of one's own sessions over their use-cases."""
    blueprint = Blueprint("sessions", __name__, url_prefix="/v1/me/sessions")

    @route(
        blueprint,
        "GET",
        "",
        callers=ACCOUNT,
        rate=RateClass.READ,
        answer=PageResponse[SessionResponse],
    )
    async def list_sessions() -> Listed[MySession]:
        """List where you are signed in, those seen last first: all of them on one page."""
        return Listed(await sessions.list_mine(), None)

    @route(
        blueprint,
        "DELETE",
        "/<uuid:session_id>",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        status=HTTPStatus.NO_CONTENT,
        unconditional=_UNCONDITIONAL,
        errors=(NotFound,),
    )
    async def end_session(session_id: UUID) -> None:
        """Sign out on one device."""
        await sessions.end_mine(session_id)

    @route(
        blueprint,
        "DELETE",
        "",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        query=EndSessionsQuery,
        status=HTTPStatus.NO_CONTENT,
        unconditional=_UNCONDITIONAL,
    )
    async def end_sessions(query: EndSessionsQuery) -> None:
        """Sign out everywhere, or everywhere else."""
        await sessions.end_all_mine(but_current=query.keep_current)
        if not query.keep_current:
            drop_refresh_cookie()

    return blueprint
