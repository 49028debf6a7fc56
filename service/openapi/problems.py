"""Problems in the document: what each answer of an error can be, with an example of each kind."""

from collections.abc import Iterable
from http import HTTPStatus
from itertools import groupby
from typing import Any

from service.openapi.headers import PROBLEM_HEADERS, headers
from service.problems import PROBLEMS, Problem
from service.request_errors import InvalidBody, InvalidQuery

PROBLEM_JSON = "application/problem+json"

_FAULTS = {
    PROBLEMS[InvalidBody].slug: [{"pointer": "#/name", "detail": "Field required"}],
    PROBLEMS[InvalidQuery].slug: [{"parameter": "limit", "detail": "must be a whole number"}],
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
        "detail": problem.detail or f"{problem.title}.",
        **({} if faults is None else {"errors": faults}),
    }
