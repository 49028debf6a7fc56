"""Answers that are one piece of bytes, and need nothing of what WSGI does for others."""

import re
from functools import lru_cache

import werkzeug.wrappers.response
from flask import Response

from service.asgi.own import are_defined_in
from service.asgi.response import lower

ANSWERING = (
    "__call__",
    "close",
    "get_app_iter",
    "get_wsgi_headers",
    "get_wsgi_response",
    "iter_encoded",
)
"""The methods by which Werkzeug makes chunks and headers of a response."""

REWRITTEN = frozenset({b"content-location", b"location"})
"""Headers that Werkzeug sends otherwise than they are: as URIs."""

PATH = re.compile(r"/(?!/)[A-Za-z0-9._~/-]*")
"""A path that is a URI already: Werkzeug would take it apart and put the same together again."""


def whole_of(response: Response, method: str) -> bytes | None:
    """Return the body of a response that can be sent as it is, its headers and this one piece.

    Werkzeug would copy the headers, look through them for what is missing or wrong, and wrap the
    piece in two iterators.
    """
    # mypy asks whether a response can be hashed, where a class is.
    if not _is_werkzeugs(type(response)):  # type: ignore[arg-type]
        return None
    pieces = response.response
    if type(pieces) is not list or len(pieces) != 1 or type(pieces[0]) is not bytes:
        return None
    is_plain = (
        method != "HEAD"
        and response.status_code >= 200  # noqa: PLR2004
        and response.status_code not in {204, 304}
        and not response.direct_passthrough
        and not response.autocorrect_location_header
        and _has_all_headers(response)
    )
    return pieces[0] if is_plain else None


def _has_all_headers(response: Response) -> bool:
    has_length = False
    for name, value in response.headers:
        key = lower(name)
        if key in REWRITTEN and not PATH.fullmatch(value):
            return False
        has_length = has_length or key == b"content-length"
    return has_length


@lru_cache(maxsize=64)
def _is_werkzeugs(response_class: type[Response]) -> bool:
    return are_defined_in(werkzeug.wrappers.response, response_class, ANSWERING)
