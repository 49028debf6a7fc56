"""Errors as problems (RFC 9457): the one place where an error gets its HTTP form."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app
from pydantic.alias_generators import to_camel
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from domain import errors as domain
from service import request_errors as request
from service.hooks.current import current_request

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What all problems of one kind have in common.

    `slug` ends the type's URI. `detail` is what a client is told; None tells it the error's text.
    """

    status: HTTPStatus
    slug: str
    title: str
    detail: str | None = None


# An error has the problem of the nearest of its classes that is listed.
PROBLEMS: Mapping[type[Exception], Problem] = {
    request.MalformedBody: Problem(HTTPStatus.BAD_REQUEST, "malformed-body", "Malformed body"),
    request.InvalidQuery: Problem(HTTPStatus.BAD_REQUEST, "invalid-query", "Invalid query"),
    request.UnsupportedBody: Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-body", "Unsupported body"
    ),
    request.InvalidBody: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-body", "Invalid body"),
    domain.InvalidValue: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-body", "Invalid body", "The body does not fit."
    ),
    domain.NotFound: Problem(HTTPStatus.NOT_FOUND, "not-found", "Not found"),
    domain.Conflict: Problem(HTTPStatus.CONFLICT, "conflict", "Conflict"),
    domain.CorruptedValue: Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "corrupted-value",
        "Corrupted value",
        "A stored value can't be read; the service's log says which and why.",
    ),
    domain.StoreUnavailable: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "store-unavailable",
        "Store unavailable",
        "A store that this needs gives no answer. Nothing was changed; try again later.",
    ),
    domain.OutcomeUnknown: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "outcome-unknown",
        "Outcome unknown",
        "A store went away during the change. Read again to see whether it was made.",
    ),
}


def register_error_responses(app: Flask) -> None:
    """Make every error of `app` a problem, the framework's own too."""
    for error_class in PROBLEMS:
        app.register_error_handler(error_class, _problem_of_error)
    app.register_error_handler(HTTPException, _problem_of_framework)


def _problem_of_error(error: Exception) -> Response:
    problem = next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("%s: %s", problem.title, error)
    members = {
        "type": f"/problems/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail or str(error),
        **_faults(error),
    }
    return _response(members, problem.status, _headers(error))


def _faults(error: Exception) -> dict[str, list[dict[str, str]]]:
    match error:
        case request.InvalidBody(faults=faults):
            return {"errors": [{"pointer": fault.where, "detail": fault.what} for fault in faults]}
        case request.InvalidQuery(faults=faults):
            return {
                "errors": [{"parameter": fault.where, "detail": fault.what} for fault in faults]
            }
        case domain.InvalidValue(field=field, reason=reason):
            return {"errors": [{"pointer": f"#/{to_camel(field)}", "detail": reason}]}
        case _:
            return {}


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, domain.StoreUnavailable):
        return {"Retry-After": str(error.retry_after)}
    return {}


def _problem_of_framework(error: HTTPException) -> Response:
    """Give an error of Flask or Werkzeug the form that RFC 9457 has for plain HTTP errors."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    members = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": _framework_detail(error),
    }
    headers = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
    return _response(members, status, headers)


def _framework_detail(error: HTTPException) -> str | None:
    if isinstance(error, RequestEntityTooLarge):
        return f"The body must have at most {current_app.config['MAX_CONTENT_LENGTH']} bytes."
    return error.description


def _response(
    members: Mapping[str, object], status: HTTPStatus, headers: Mapping[str, str]
) -> Response:
    current = current_request.get()
    if current is not None:
        members = {**members, "requestId": current.id}
    body = json.dumps(members, ensure_ascii=False)
    return Response(body, status, dict(headers), mimetype="application/problem+json")
