"""HTTP messages to and from schemas."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from flask import Response, request
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from service.request_errors import (
    Fault,
    InvalidBody,
    InvalidQuery,
    MalformedBody,
    UnsupportedBody,
)

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"

# What is wrong beyond this is told when this is mended: an answer is no larger than its request.
MAX_FAULTS = 20

Body = TypeVar("Body")
Query = TypeVar("Query", bound=BaseModel)


def read_body(schema: TypeAdapter[Body], *media_types: str) -> Body:
    """Read the request's body, of one of the media types (JSON where none is named).

    Raises UnsupportedBody, MalformedBody and InvalidBody; Werkzeug's RequestEntityTooLarge for a
    body over the application's limit.
    """
    taken = media_types or (JSON,)
    if request.mimetype not in taken:
        sent = request.mimetype or "none"
        raise UnsupportedBody(f"The body's media type must be {' or '.join(taken)}, not {sent}.")
    if request.content_encoding:
        raise UnsupportedBody("The body must have no Content-Encoding.")
    body = request.get_data(cache=False)
    try:
        return schema.validate_json(body)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        if details[0]["type"] == "json_invalid":
            raise MalformedBody(details[0]["msg"]) from error
        faults = [Fault(_pointer(it["loc"]), _message(it)) for it in details[:MAX_FAULTS]]
        raise InvalidBody(faults) from error


def read_query(schema: type[Query]) -> Query:
    """Read the request's query; raises InvalidQuery."""
    known = [field.alias or name for name, field in schema.model_fields.items()]
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        faults = [Fault(name, "must be given once") for name in repeated[:MAX_FAULTS]]
        raise InvalidQuery(faults, known)
    try:
        return schema.model_validate_strings(request.args.to_dict())
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        faults = [Fault(str(it["loc"][0]), _message(it)) for it in details[:MAX_FAULTS]]
        raise InvalidQuery(faults, known) from error


def json_response(
    body: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a schema's JSON."""
    return Response(body.model_dump_json(), status, dict(headers or {}), mimetype=JSON)


def _pointer(location: Iterable[str | int]) -> str:
    """Give the JSON pointer, as a URI fragment, of pydantic's location (RFC 6901)."""
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in location)
    return "#" + "".join(f"/{step}" for step in escaped)


def _message(detail: ErrorDetails) -> str:
    match detail:
        case {"type": "extra_forbidden"}:
            return "is unknown"
        case {"type": "too_short", "ctx": {"min_length": length}}:
            return f"must have at least {length} characters"
        case {"type": "too_long", "ctx": {"max_length": length}}:
            return f"must have at most {length} characters"
        case _:
            return detail["msg"].removeprefix("Value error, ")
