"""What browsers are told about every answer.

Caching (RFC 9111): an answer belongs to its caller (`private`, 5.2.2.7) and may be kept, but not
used again before this service has said that it still holds (`no-cache`, 5.2.2.4). With an `ETag`
that costs a 304 in place of the body; `no-store` would keep clients from having what to ask about.
It also ends the guessing that caches may do where nothing is said (4.2.2), of a 404 for example. A
view whose answer must not be kept at all sets `no-store`.
"""

from collections.abc import Mapping
from typing import TypeAlias

from asgiref.typing import HTTPScope

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

FORWARDED_PROTO = b"x-forwarded-proto"

DEFAULTS: Headers = (
    # JSON loads nothing and is shown in no frame; a page sets a policy of its own.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    # For browsers that don't know frame-ancestors.
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    # Other sites can't embed an answer; what CORS lets them fetch is not concerned.
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"private, no-cache"),
)

# For a year. RFC 6797, 7.2: never over plain HTTP. Of subdomains, only their owner can tell.
SECURE_DEFAULTS: Headers = (*DEFAULTS, (b"strict-transport-security", b"max-age=31536000"))


def is_secure(scope: HTTPScope, sent: Mapping[bytes, bytes], trusted_proxies: int) -> bool:
    """Tell whether the client used HTTPS, by the word of the first of the trusted proxies."""
    if trusted_proxies and FORWARDED_PROTO in sent:
        schemes = sent[FORWARDED_PROTO].split(b",")
        if len(schemes) >= trusted_proxies:
            return schemes[-trusted_proxies].strip() == b"https"
    return scope.get("scheme", "http") == "https"
