"""Which pages of other origins may call the service (https://fetch.spec.whatwg.org/#http-cors-protocol).

An answer to an origin that is not allowed has no such headers; its browser then hides it.

Flask-Cors would take more code to tell what is wanted than this takes to do it: it answers each
preflight by one list of methods, whatever its path has, guesses which origins are patterns, and
reaches no answer that Flask doesn't give.
"""

from collections.abc import Collection, Mapping

from flask import Flask, Response, current_app, request

from service.hooks.security_headers import Headers

ORIGIN = b"origin"

# What a page may read beside the few headers that every page may.
EXPOSED = (
    "ETag, Location, Link, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, "
    "X-Request-ID, Idempotency-Replayed, Deprecation, Sunset"
)
# What a page may send beside the few headers that every page may.
ACCEPTED = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-ID, "
    "traceparent, tracestate"
)
# Seconds that a browser remembers a preflight; Chrome takes no more.
MAX_AGE = 7200


def cors_headers(origins: Collection[str], *, credentials: bool) -> Mapping[bytes, Headers]:
    """Give what each allowed origin is answered in addition."""
    return {
        origin.encode(): (
            (b"access-control-allow-origin", origin.encode()),
            (b"access-control-expose-headers", EXPOSED.encode()),
            *(((b"access-control-allow-credentials", b"true"),) if credentials else ()),
        )
        for origin in origins
    }


def answer_preflights(app: Flask, origins: Collection[str]) -> None:
    """Answer what browsers of these origins ask before a request: by the methods of its path.

    Nothing is said of a path that is not there: it is answered by the usual 404.
    """
    allowed = frozenset(origins)

    @app.before_request
    def answer_preflight() -> Response | None:
        if request.method != "OPTIONS" or request.headers.get("Origin") not in allowed:
            return None
        if "Access-Control-Request-Method" not in request.headers:
            return None
        adapter = current_app.create_url_adapter(request)
        methods = adapter.allowed_methods() if adapter else ()
        return _permission(sorted(methods)) if methods else None


def _permission(methods: Collection[str]) -> Response:
    headers = {
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": ACCEPTED,
        "Access-Control-Max-Age": str(MAX_AGE),
    }
    response = Response(status=204, headers=headers)
    del response.headers["Content-Type"]
    return response
