"""URIs of stores, split and masked.

`urllib.parse.urlsplit` isn't used: its errors quote pieces of what may be a password, it drops
line breaks silently, and it knows no lists of hosts.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

MASK = "****"
HIGHEST_PORT = 65535

_SHAPE = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+]*)://"
    r"(?:(?P<user>[^\s:@/?#]*)(?::(?P<password>[^\s:@/?#]*))?@)?"
    r"(?P<hosts>[^\s@/?#]*)"
    r"(?P<path>/[^\s@?#]*)?"
    r"(?:\?(?P<query>[^\s@#]*))?"
)
_HOST = re.compile(
    r"(?:\[(?P<ipv6>[0-9a-fA-F:.]+)\]|(?P<name>[a-zA-Z0-9_.-]+))(?::(?P<port>[0-9]{1,5}))?"
)
_STRAY_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_PASSWORD = re.compile(r"(://[^:@/?#]*:)[^@/?#]+@")
_SECRET_PARAMETER = re.compile(
    r"([?&][^=&]*(?:pass|pwd|secret|token|properties)[^=&]*=)[^&]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Uri:
    """The parts of a URI, percent-decoded except for `hosts`."""

    scheme: str
    user: str
    password: str
    hosts: str
    path: str
    query: tuple[tuple[str, str], ...]


def split_uri(text: str, schemes: frozenset[str]) -> Uri:
    """Split `text`, or raise ValueError with a reason that quotes none of it."""
    match = _SHAPE.fullmatch(text)
    if match is None or _STRAY_PERCENT.search(text):
        raise ValueError("is not a URI, or has a special character that is not percent-encoded")
    if match["scheme"] not in schemes:
        raise ValueError(f"does not start with {' or '.join(f'{s}://' for s in sorted(schemes))}")
    return Uri(
        scheme=match["scheme"],
        user=_decoded(match["user"]),
        password=_decoded(match["password"]),
        hosts=match["hosts"],
        path=_decoded(match["path"]),
        query=_parameters(match["query"]),
    )


def split_host(text: str, default_port: int) -> tuple[str, int]:
    """Split `host`, `host:port` or `[IPv6]:port`; the reason of a ValueError quotes none of it."""
    match = _HOST.fullmatch(text)
    if match is None:
        raise ValueError("has no host, or a malformed one")
    port = int(match["port"] or default_port)
    if not 0 < port <= HIGHEST_PORT:
        raise ValueError(f"has a port that is not between 1 and {HIGHEST_PORT}")
    return match["ipv6"] or match["name"], port


def bracketed(host: str) -> str:
    """`host` as a URI holds it: an IPv6 address stands in brackets."""
    return f"[{host}]" if ":" in host else host


def masked_uri(text: str) -> str:
    """`text` without its password and without the query parameters that may hold a secret."""
    return _SECRET_PARAMETER.sub(rf"\1{MASK}", _PASSWORD.sub(rf"\1{MASK}@", text))


def _parameters(query: str | None) -> tuple[tuple[str, str], ...]:
    pairs = (pair.partition("=") for pair in (query or "").split("&") if pair)
    return tuple((_decoded(name), _decoded(value)) for name, _, value in pairs)


def _decoded(text: str | None) -> str:
    try:
        return unquote(text or "", errors="strict")
    except UnicodeDecodeError:
        raise ValueError("has percent-encoded bytes that are not UTF-8") from None
