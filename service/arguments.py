"""What a request hands to its view: its body, its query, and the versions that it knows."""

from collections.abc import Iterable, Mapping
from typing import TypeVar
from urllib.parse import quote
from uuid import UUID

import jiter
from flask import g, request
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from domain.callers import NOBODY, Caller
from service.entity_tags import expected_versions
from service.negotiation import takes
from service.request_errors import (
    Fault,
    InvalidBody,
    InvalidQuery,
    MalformedBody,
    NotAcceptableAnswer,
    PreconditionRequired,
    UnsupportedBody,
)
from service.schemas.fields import RequestSchema, VersionedResponse

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"

# What is wrong beyond this is told when this is mended: an answer is no larger than its request.
MAX_FAULTS = 20

# What may stand in a fragment as it is (RFC 3986, 3.5), beside letters and digits.
_OF_FRAGMENTS = "!$&'()*+,;=:@?"

Body = TypeVar("Body")
Query = TypeVar("Query", bound=RequestSchema)


def refuse_unacceptable() -> None:
    """Raise NotAcceptableAnswer where the client takes no JSON; a problem it gets all the same."""
    accept = request.environ.get("HTTP_ACCEPT")
    if accept and not takes(accept, JSON):
        raise NotAcceptableAnswer


def read_body(schema: TypeAdapter[Body], media_types: tuple[str, ...]) -> Body:
    """Read the request's body, of one of the media types.

    Raises UnsupportedBody, MalformedBody and InvalidBody; Werkzeug's RequestEntityTooLarge for a
    body over the application's limit.
    """
    environ = request.environ
    # Most clients send just that, and Werkzeug takes its time to take a media type apart.
    if environ.get("CONTENT_TYPE") not in media_types and request.mimetype not in media_types:
        raise UnsupportedBody(
            f"The body's media type must be {' or '.join(media_types)},"
            f" not {request.mimetype or 'none'}.",
            {"Accept-Patch" if request.method == "PATCH" else "Accept": ", ".join(media_types)},
        )
    if environ.get("HTTP_CONTENT_ENCODING"):
        raise UnsupportedBody(
            "The body must have no Content-Encoding.", {"Accept-Encoding": "identity"}
        )
    body = request.get_data()
    _refuse_malformed(body)
    try:
        return schema.validate_json(body)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        faults = [Fault(_pointer(it["loc"]), _message(it)) for it in details[:MAX_FAULTS]]
        raise InvalidBody(faults) from error


def _refuse_malformed(body: bytes) -> None:
    """Refuse what pydantic's own parser, which is the same, can't be told to: keys given twice."""
    try:
        jiter.from_json(body, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="none")
    except ValueError as error:
        raise MalformedBody(f"Invalid JSON: {error}") from None


def read_query(schema: type[Query]) -> Query:
    """Read the request's query; raises InvalidQuery."""
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        faults = [Fault(name, "must be given once") for name in repeated[:MAX_FAULTS]]
        raise InvalidQuery(faults, schema.parameters())
    try:
        return schema.model_validate_strings(request.args.to_dict())
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        faults = [Fault(str(it["loc"][0]), _message(it)) for it in details[:MAX_FAULTS]]
        raise InvalidQuery(faults, schema.parameters()) from error


def refuse_query() -> None:
    """Raise InvalidQuery for a parameter of a route that takes none, as a list does for its own."""
    read_query(RequestSchema)


def read_expected(schema: type[VersionedResponse]) -> frozenset[int] | None:
    """Read If-Match, without which nothing is changed: raises PreconditionRequired."""
    if_match = request.headers.get("If-Match")
    if if_match is None:
        raise PreconditionRequired
    if_none_match = request.headers.get("If-None-Match")
    return expected_versions(schema, _addressed(), if_match, if_none_match)


def _addressed() -> UUID | None:
    """Give the id of what the address names; that of one's own things names the caller."""
    ids = [value for value in (request.view_args or {}).values() if isinstance(value, UUID)]
    caller: Caller = g.get("caller", NOBODY)
    return ids[-1] if ids else caller.account_id


def _pointer(location: Iterable[str | int]) -> str:
    """Give the JSON pointer, as a URI fragment, of pydantic's location (RFC 6901, 6)."""
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in location)
    return "#" + "".join(f"/{quote(step, safe=_OF_FRAGMENTS)}" for step in escaped)


def _message(detail: ErrorDetails) -> str:
    match detail:
        case {"type": "extra_forbidden"}:
            return "is unknown"
        case {"type": "too_short" | "string_too_short", "ctx": {"min_length": length} as told}:
            return f"must have at least {length} {_counted(length, told)}"
        case {"type": "too_long" | "string_too_long", "ctx": {"max_length": length} as told}:
            return f"must have at most {length} {_counted(length, told)}"
        case _:
            return detail["msg"].removeprefix("Value error, ")


def _counted(number: int, told: Mapping[str, object]) -> str:
    # Text behind a function of Python's is a "Value" to pydantic.
    thing = "item" if told.get("field_type") == "List" else "character"
    return thing if number == 1 else f"{thing}s"
