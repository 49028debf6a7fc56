"""Problems in the document: what each answer of an error can be, with an example of each kind."""

from collections.abc import Iterable
from http import HTTPStatus
from itertools import groupby
from typing import Any
from uuid import UUID

from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from domain.authentication.errors import InvalidToken
from domain.catalogue.errors import AuthorHasBooks, IsbnTaken
from domain.errors import (
    Conflict,
    InvalidBatch,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    StaleVersion,
)
from domain.permissions import Permission
from service.openapi.headers import PROBLEM_HEADERS, headers
from service.problems import PROBLEMS, Problem
from service.request_errors import (
    InvalidBody,
    InvalidKey,
    InvalidQuery,
    MalformedBody,
    NotAcceptableAnswer,
    PreconditionRequired,
    UnsupportedBody,
)

PROBLEM_JSON = "application/problem+json"

_ID = UUID("01900000-0000-7000-8000-000000000001")
_ISBN = "9780553448184"

_FAULTS = {
    PROBLEMS[InvalidBatch].slug: [
        {"pointer": "#/items/3/isbn", "detail": str(IsbnTaken(_ISBN))},
    ],
    PROBLEMS[IsbnTaken].slug: [{"pointer": "#/isbn", "detail": str(IsbnTaken(_ISBN))}],
    PROBLEMS[InvalidBody].slug: [{"pointer": "#/name", "detail": "Field required"}],
    PROBLEMS[InvalidQuery].slug: [{"parameter": "limit", "detail": "must be a whole number"}],
}

# Errors whose own texts are the details of the examples, where a kind has no set text.
_RAISED = (
    NotAuthenticated(),
    InvalidToken(),
    NotPermitted(Permission.CHANGE_CATALOGUE),
    MalformedBody("Invalid JSON: EOF while parsing an object at line 1 column 12"),
    InvalidQuery([], ["limit", "cursor"]),
    NotAcceptableAnswer(),
    UnsupportedBody("The body's media type must be application/json, not text/plain.", {}),
    PreconditionRequired(),
    StaleVersion("author", _ID, 3),
    NotFound("author", _ID),
    InvalidKey("The Idempotency-Key must be one string of 1 to 255 visible ASCII characters."),
    InvalidBatch({3: IsbnTaken(_ISBN)}),
    AuthorHasBooks(_ID, [], 1),
    IsbnTaken(_ISBN),
    Conflict("The configuration is being changed by others; try again."),
)
_DETAILS = {
    **{
        problem.slug: kind.description
        for kind, problem in PROBLEMS.items()
        if issubclass(kind, HTTPException)
    },
    **{PROBLEMS[type(error)].slug: str(error) for error in _RAISED},
    PROBLEMS[BadRequest].slug: "The Host header must be one host, and maybe a port.",
    PROBLEMS[RequestEntityTooLarge].slug: "The body must have at most 1048576 bytes.",
}


def problem_examples() -> dict[str, Any]:
    """Give an example of each kind of problem, under the end of its type's URI."""
    return {
        problem.slug: {
            "summary": problem.title,
            "description": problem.remedy,
            "value": _example(problem),
        }
        for problem in sorted(PROBLEMS.values(), key=lambda problem: problem.slug)
    }


def problem_responses(
    problems: Iterable[Problem], schema: dict[str, Any]
) -> dict[HTTPStatus, dict[str, Any]]:
    """Give one response a status, of problems that are in the order of their statuses."""
    return {
        status: _response(list(group), schema)
        for status, group in groupby(problems, key=lambda problem: problem.status)
    }


def _response(problems: list[Problem], schema: dict[str, Any]) -> dict[str, Any]:
    examples = {it.slug: {"$ref": f"#/components/examples/{it.slug}"} for it in problems}
    return {
        "description": " ".join(f"{problem.title}: `{problem.type}`." for problem in problems),
        "headers": headers(*PROBLEM_HEADERS.get(problems[0].status, ())),
        "content": {PROBLEM_JSON: {"schema": schema, "examples": examples}},
    }


def _example(problem: Problem) -> dict[str, Any]:
    faults = _FAULTS.get(problem.slug)
    return {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail or _DETAILS.get(problem.slug, f"{problem.title}."),
        **({} if faults is None else {"errors": faults}),
    }
