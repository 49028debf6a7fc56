"""What schemathesis can't know of this API."""

from http import HTTPStatus

import schemathesis
from hypothesis import strategies

from service.openapi.problems import PROBLEM_JSON
from service.schemas.pagination import encode_cursor

# A cursor is opaque, but not just any text.
schemathesis.openapi.format("cursor", strategies.uuids().map(encode_cursor))


# Why what fits its schema may be refused nevertheless: rules that no schema can ask for.
RULES = {"must not be blank", "must not be before the date of birth"}


@schemathesis.check
def refused_by_a_rule(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """Check that a body which fits its schema is refused by one of the rules, if at all."""
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if is_valid and response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        told = {fault["detail"] for fault in response.json()["errors"]}
        assert told <= RULES, f"fits the schema, but: {told}"


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
