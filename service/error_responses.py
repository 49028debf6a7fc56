"""Errors as problems (RFC 9457): the one place where an error gets its HTTP form."""

import json
import logging
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from flask import Flask, Response, current_app
from pydantic.alias_generators import to_camel
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from domain import errors as domain
from domain.authentication.errors import InvalidToken, SecondFactorRequired, TooManyAttempts
from domain.catalogue.errors import AuthorHasBooks, IsbnTaken
from domain.idempotency.errors import RequestInProgress
from domain.permissions import Permission
from service import request_errors as request
from service.hooks.current import current_request
from service.problems import PROBLEMS, Problem, problem_of

logger = logging.getLogger(__name__)

_BEARER = 'Bearer realm="imflask-asgi"'
_WITH_RETRY_AFTER = (
    domain.StoreUnavailable | RequestInProgress | TooManyAttempts | request.RateLimited
)


def register_error_responses(app: Flask) -> None:
    """Make every error of `app` a problem, the framework's own too."""
    for error_class, problem in PROBLEMS.items():
        if not issubclass(error_class, HTTPException):
            app.register_error_handler(error_class, partial(_answer_to_error, problem))
    app.register_error_handler(HTTPException, _answer_to_framework)


def _answer_to_error(problem: Problem, error: Exception) -> Response:
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("%s: %s", problem.title, error)
    detail = problem.detail or str(error)
    return _response(_members(problem, detail) | _faults(error), problem.status, _headers(error))


def _members(problem: Problem, detail: str | None) -> dict[str, object]:
    return {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
    }


def _faults(error: Exception) -> dict[str, object]:  # noqa: PLR0911  # One for each error.
    match error:
        case request.InvalidBody(faults=faults):
            return {"errors": [{"pointer": fault.where, "detail": fault.what} for fault in faults]}
        case request.InvalidQuery(faults=faults):
            return {
                "errors": [{"parameter": fault.where, "detail": fault.what} for fault in faults]
            }
        case domain.InvalidValue() | IsbnTaken():
            return {"errors": [_fault(error, "#")]}
        case domain.InvalidBatch(faults=items):
            found = [_fault(fault, f"#/items/{index}") for index, fault in items.items()]
            return {"errors": found}
        case AuthorHasBooks(books=books, count=count):
            told = [{"id": str(book.id), "title": book.title} for book in books]
            return {"books": told, "count": count}
        case SecondFactorRequired(methods=methods):
            return {"methods": list(methods)}
        case _:
            return {}


def _fault(error: domain.DomainError, place: str) -> dict[str, str]:
    match error:
        case domain.InvalidValue(field=field, reason=reason):
            return {"pointer": f"{place}/{to_camel(field)}", "detail": reason}
        case IsbnTaken():
            return {"pointer": f"{place}/isbn", "detail": str(error)}
        case _:
            return {"pointer": place, "detail": str(error)}


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, _WITH_RETRY_AFTER):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, domain.NotAuthenticated | domain.NotPermitted):
        return {"WWW-Authenticate": _challenge(error)}
    if isinstance(error, request.UnsupportedBody):
        return dict(error.taken)
    return {}


def _challenge(error: domain.NotAuthenticated | domain.NotPermitted) -> str:
    """Say what is asked for, and what was wrong with what came (RFC 6750, 3)."""
    match error:
        case InvalidToken():
            return f'{_BEARER}, error="invalid_token"'
        case domain.NotPermitted(permission=Permission() as permission):
            return f'{_BEARER}, error="insufficient_scope", scope="{permission}"'
        case domain.NotPermitted():
            return f'{_BEARER}, error="insufficient_scope"'
        case _:
            return _BEARER


def _answer_to_framework(error: HTTPException) -> Response:
    """Answer an error of Flask or Werkzeug; one that is not listed has RFC 9457's blank type."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    problem = problem_of(type(error))
    if problem is None:
        members: dict[str, object] = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status,
            "detail": error.description,
        }
    else:
        members = _members(problem, problem.detail or _framework_detail(error))
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
