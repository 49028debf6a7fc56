"""What schemathesis can't know of this API."""

import os
import re
from http import HTTPStatus

import schemathesis
from hypothesis import strategies

from domain.catalogue.values import isbn13
from domain.errors import InvalidValue
from service.openapi.problems import PROBLEM_JSON

# Why what fits its schema may be refused nevertheless: rules that no schema can ask for.
RULES = re.compile(
    "must not be blank"
    "|must not be before the date of birth"
    "|must have from 1 to 5 words"
    "|must be a language tag .*"
    "|must be an ISBN of 10 or 13 digits whose check digit is right"
    "|must have an amount and a currency"
    "|The ISBN [0-9]+ is that of another book."
    "|names who is no author: .*"
    "|This Idempotency-Key was used for another request; .*"
)


# What fits the schema has one of these forms, which its description tells.
FORMATS = {
    "isbn": strategies.integers(0, 10**9 - 1).map(lambda number: isbn13_of(f"978{number:09}")),
    "language-tag": strategies.sampled_from(["ko", "en-US", "zh-hant-TW", "sr-Latn", "DE"]),
    "words": strategies.text("abc 한강", min_size=1, max_size=9).filter(str.strip),
}
for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)


def isbn13_of(digits: str) -> str:
    """Give twelve digits with the check digit that makes them an ISBN."""
    return next(isbn for check in range(10) if is_isbn(isbn := f"{digits}{check}"))


def is_isbn(digits: str) -> bool:
    """Tell whether the check digit is right."""
    try:
        return isbn13(digits) == digits
    except InvalidValue:
        return False


AUTHOR = os.environ["FUZZING_AUTHOR"]
"""The id of an author that stays, for it has a book."""


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, object]
) -> None:
    """Have valid requests name an author that there is, and no cursor: nobody can invent them."""
    if not is_valid(case):
        return
    case.query.pop("cursor", None)
    if isinstance(case.body, dict):
        for body in (case.body, *case.body.get("items", ())):
            if "authorIds" in body:
                body["authorIds"] = [AUTHOR]


def is_valid(case: schemathesis.Case) -> bool:
    """Tell whether all that is sent fits its schema."""
    return case.meta is not None and case.meta.generation.mode.is_positive


@schemathesis.check
def refused_by_a_rule(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """Check that what fits its schema is refused by one of the rules, if at all."""
    refused = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
    if is_valid(case) and response.status_code in refused:
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
