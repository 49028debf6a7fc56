"""What is refused before the application is called."""

from dataclasses import dataclass
from wsgiref.types import WSGIEnvironment

from asgiref.typing import HTTPScope
from flask import Flask
from flask.ctx import RequestContext
from werkzeug.exceptions import (
    HTTPException,
    RequestEntityTooLarge,
    RequestHeaderFieldsTooLarge,
)

MAX_BODY_SIZE = "asgi.max_body_size"
"""Where the environ keeps the limit of the request's body, in bytes."""


@dataclass(frozen=True, slots=True)
class HeaderLimits:
    """How many header fields a request may have, and how many bytes they may take together."""

    count: int
    size: int

    def refuse(self, scope: HTTPScope) -> HTTPException | None:
        """Return the error that a request with too many or too long headers is answered by."""
        count = size = 0
        for name, value in scope["headers"]:
            count += 1
            size += len(name) + len(value)
        if count > self.count or size > self.size:
            return RequestHeaderFieldsTooLarge()
        return None


def refuse_body(environ: WSGIEnvironment, limit: int | None) -> HTTPException | None:
    """Return the error for a body that is too long by its own account, be it read or not."""
    length: str = environ.get("CONTENT_LENGTH", "")
    if limit is not None and length.isdecimal() and int(length) > limit:
        return RequestEntityTooLarge()
    return None


def let_views_declare_body_limits(flask_app: Flask) -> None:
    """Give each request of the app the limit that its view has declared, or else the app's.

    Flask would look for the app's in its configuration, by way of a proxy, each time it is asked.
    """
    inner = flask_app.request_context

    def request_context(environ: WSGIEnvironment) -> RequestContext:
        context = inner(environ)
        if MAX_BODY_SIZE in environ:
            context.request.max_content_length = environ[MAX_BODY_SIZE]
        return context

    flask_app.request_context = request_context  # type: ignore[method-assign]
