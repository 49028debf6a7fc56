"""What schemathesis can't know of this API."""

import os
from http import HTTPStatus
from uuid import UUID

import schemathesis
from hypothesis import strategies

from domain.permissions import PERMISSIONS, Role
from service.openapi.problems import PROBLEM_JSON


def isbn(number: int) -> str:
    """Make an ISBN of 13 digits, of which the last is the check digit."""
    digits = f"978{number:09}"
    weighed = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"


schemathesis.openapi.format("currency", strategies.sampled_from(["EUR", "KRW", "USD"]))
schemathesis.openapi.format("isbn", strategies.integers(0, 10**9 - 1).map(isbn))
schemathesis.openapi.format("language-tag", strategies.sampled_from(["ko", "zh-Hant-TW"]))

# An author that is there, for books to be of.
AUTHOR = os.environ["FUZZED_AUTHOR"]

# What the role that it is signed in with may do.
PERMITTED = PERMISSIONS[Role(os.environ["FUZZED_ROLE"])]


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: object) -> object:
    """Let a book be of the author that is there, where its authors fit the schema."""
    match body:
        case {"items": list(items), **others}:
            return {**others, "items": [map_body(context, item) for item in items]}
        case {"authorIds": list(ids), **others} if ids and all(map(_is_uuid, ids)):
            return {**others, "authorIds": [AUTHOR]} if len(ids) == len(set(ids)) else body
        case _:
            return body


def _is_uuid(text: object) -> bool:
    try:
        return str(UUID(str(text))) == text
    except ValueError:
        return False


# Why what fits its schema may be refused nevertheless: rules that no schema can ask for.
RULES = (
    "The ISBN ",
    "comes too late, or before a secret was asked for",
    "is not that of the sign-up",
    "is not that of a passkey made for this",
    "is not what the app shows at present",
    "must be a language tag (BCP 47)",
    "must be a nextCursor that this list gave",
    "must be an ISBN of 10 or 13 digits",
    "must be an address like name@example.org",
    "must be in the future",
    "must be neither the address nor",
    "must be none of those that most people use",
    "must be your own",
    "must have 8 to 128 characters",
    "must have a currency of ISO 4217",
    "must have an amount and a currency",
    "must have at most 254 bytes",
    "must have fewer characters that",
    "must have from 1 to",
    "must have no characters that Unicode does not define",
    "must have no spaces or control characters",
    "must have none of ",
    "must not be before the date of birth",
    "must not be blank",
    "names who is no author",
)
# Problems of what fits its schema that are no field's fault.
OF_NO_FIELD = {
    "idempotency-key-reused",
    "invalid-challenge",
    "invalid-one-time-token",
    "provider-sign-in-refused",
}
REFUSALS = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}


@schemathesis.check
def refused_by_a_rule(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """Check that what fits its schema is refused by one of the rules, if at all."""
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if is_valid and response.status_code in REFUSALS:
        problem = response.json()
        assert "errors" in problem or problem["type"].removeprefix("/problems/") in OF_NO_FIELD
        for fault in problem.get("errors", []):
            assert fault["detail"].startswith(RULES), f"fits the schema, but: {fault}"


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


@schemathesis.check
def refused_for_want_of_permission(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """Check that nobody is refused who has the permission."""
    if response.status_code == HTTPStatus.FORBIDDEN:
        lacking = case.operation.definition.raw.get("x-permission")
        assert lacking not in PERMITTED
        assert (lacking is None) == (response.json()["type"] != "/problems/not-permitted")
