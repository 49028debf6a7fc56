"""Headers of requests and answers."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from openapi_pydantic.v3.v3_1 import Parameter

from domain.idempotency.entities import KEY_MAX_LENGTH
from service.routes import Route
from service.schemas.fields import VersionedResponse
from service.schemas.pagination import PageResponse

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version that is changed, several of them, or `*` for whichever "
    "there is. Another version answers 412.",
    "schema": {"type": "string", "examples": ["*"]},
}
IF_MATCH_OF_READ = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETags of the versions of which one is wanted; any other answers 412.",
    "schema": {"type": "string", "examples": ["*"]},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETags that the client has; the version of one of them answers 304.",
    "schema": {"type": "string", "examples": ['"1-6a09e667"']},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A text that is new for each request, in double quotes. The same request with "
    "the same key is answered as it was the first time, and changes nothing again.",
    "schema": {
        "type": "string",
        # Quoted, with its escapes, or bare, as many clients send it.
        "pattern": r'^("([!#-\[\]-~]|\\["\\])+"|[!#-+\--:<-\[\]-~]+)$',
        "maxLength": KEY_MAX_LENGTH,
        "examples": ['"6ba7b810-9dad-41d1-80b4-00c04fd430c8"'],
    },
}

_ANSWERED: Mapping[str, Mapping[str, Any]] = {
    "ETag": {
        "description": "Names this version; for If-Match and If-None-Match.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[!#-~]+"$', "examples": ['"1-6a09e667"']},
    },
    "Link": {
        "description": 'The next page (`rel="next"`), where there is one (RFC 8288).',
        "schema": {"type": "string", "examples": ['</v1/authors?cursor=YzEB>; rel="next"']},
    },
    "Location": {
        "description": "Where the new resource is.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Accept": {
        "description": "The media types that are taken.",
        "schema": {"type": "string", "examples": ["application/json"]},
    },
    "Accept-Patch": {
        "description": "The media types that are taken of a PATCH (RFC 5789).",
        "schema": {"type": "string", "examples": ["application/merge-patch+json"]},
    },
    "Accept-Encoding": {
        "description": "`identity`: nothing encoded is taken.",
        "schema": {"type": "string", "const": "identity"},
    },
    "Retry-After": {
        "description": "Seconds after which a new try is worth it.",
        "schema": {"type": "integer", "minimum": 0, "examples": [2]},
    },
    "Deprecation": {
        "description": "Since when this is retired: `@` and seconds since 1970 (RFC 9745).",
        "required": True,
        "schema": {"type": "string", "pattern": "^@[0-9]+$", "examples": ["@1767225600"]},
    },
    "Sunset": {
        "description": "When this ends (RFC 8594).",
        "required": True,
        "schema": {"type": "string", "examples": ["Fri, 01 Jan 2027 00:00:00 GMT"]},
    },
    "Idempotency-Replayed": {
        "description": "`true` where this is the answer of an earlier request with the same key.",
        "schema": {"type": "string", "const": "true"},
    },
    "RateLimit": {
        "description": "How many requests (`r`) may come within so many seconds (`t`), by the "
        "IETF's draft-ietf-httpapi-ratelimit-headers.",
        "schema": {"type": "string", "examples": ['"read";r=1199;t=60']},
    },
    "RateLimit-Policy": {
        "description": "The quota (`q`) of requests of this class in `w` seconds.",
        "schema": {"type": "string", "examples": ['"read";q=1200;w=60']},
    },
    "WWW-Authenticate": {
        "description": "How to say who you are, and what was wrong with what was said (RFC 6750).",
        "schema": {"type": "string", "examples": ['Bearer realm="imflask-asgi"']},
    },
    "X-Request-ID": {
        "description": "Names this request in the service's log.",
        "schema": {"type": "string"},
    },
}

# What every answer has, the last two where its class has a limit.
_OF_EACH = ("X-Request-ID", "RateLimit", "RateLimit-Policy")

PROBLEM_HEADERS: Mapping[HTTPStatus, tuple[str, ...]] = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.FORBIDDEN: ("WWW-Authenticate",),
    HTTPStatus.CONFLICT: ("Retry-After",),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("Accept", "Accept-Patch", "Accept-Encoding"),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}


def header_components() -> dict[str, Any]:
    """Give what the headers of answers are, by their names."""
    return {name: dict(header) for name, header in _ANSWERED.items()}


def headers(*names: str) -> dict[str, Any]:
    """Give the headers of an answer, by reference; those of every answer are among them."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, *_OF_EACH)}


def header_parameters(declared: Route) -> list[Parameter]:
    """Give the headers that a route reads from a request."""
    return [Parameter.model_validate(header) for header in _read(declared)]


def _read(declared: Route) -> Iterable[Mapping[str, Any]]:
    if declared.conditional is not None:
        yield from [IF_MATCH] if declared.changes else [IF_MATCH_OF_READ, IF_NONE_MATCH]
    if declared.bears_key:
        yield IDEMPOTENCY_KEY


def answered_headers(declared: Route) -> Iterable[str]:
    """Name the headers that follow from what a route answers."""
    if declared.answer is not None and issubclass(declared.answer, VersionedResponse):
        yield "ETag"
    if declared.answer is not None and issubclass(declared.answer, PageResponse):
        yield "Link"
    if declared.located:
        yield "Location"
    if declared.bears_key:
        yield "Idempotency-Replayed"
    if declared.retirement is not None:
        yield "Deprecation"
    if declared.retirement is not None and declared.retirement.sunset is not None:
        yield "Sunset"
