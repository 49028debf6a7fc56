"""What schemathesis can't know of this API."""

import re
from http import HTTPStatus

import schemathesis

from service.openapi.problems import PROBLEM_JSON

# Why what fits its schema may be refused nevertheless: rules that no schema can ask for.
RULES = re.compile(
    "must not be blank"
    "|must not be before the date of birth"
    "|must be a nextCursor that this list gave"
    "|must have from 1 to 5 words"
    "|must be a language tag .*"
    "|must be an ISBN of 10 or 13 digits whose check digit is right"
    "|must have a currency of ISO 4217"
    "|must have an amount and a currency"
    "|names who is no author: .*"
)


@schemathesis.check
def refused_by_a_rule(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """Check that what fits its schema is refused by one of the rules, if at all."""
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    refused = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
    if is_valid and response.status_code in refused:
        problem = response.json()
        told = [fault["detail"] for fault in problem.get("errors", [{"detail": problem["detail"]}])]
        assert all(map(RULES.fullmatch, told)), f"fits the schema, but: {told}"


@schemathesis.check
def problem_type_conformance(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """Check that a problem is one of those that the answer's status is documented with."""
    documented = case.operation.definition.raw["responses"].get(str(response.status_code))
    if documented is None or response.headers.get("content-type") != [PROBLEM_JSON]:
        return
    slug = response.json()["type"].removeprefix("/problems/")
    examples = documented["content"][PROBLEM_JSON]["examples"]
    assert slug in examples, f"{slug} is not documented with {response.status_code}"
