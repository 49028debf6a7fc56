"""By which hosts the service lets itself be called."""

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address, ip_network

from flask import Flask, request
from werkzeug.exceptions import BadRequest, HTTPException, MisdirectedRequest

from service.settings.hosts import ANY_HOST, HostPatterns

# A DNS name has at most 253 characters.
LONGEST_HOST = 261
REMEMBERED_HOSTS = 256
# RFC 9112, 3.2: the header came with HTTP/1.1. Granian has 1 for 1.0, and an empty header.
_WITHOUT_HOST = {"HTTP/1.0", "HTTP/1"}

# RFC 9110, 7.2: a name, or an address, and maybe a port.
_HOST = re.compile(
    r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?)(?::[0-9]{0,5})?", re.IGNORECASE
)


def require_allowed_host(app: Flask, patterns: HostPatterns) -> None:
    """Answer requests for other hosts by 421 (RFC 9110, 7.4), and malformed ones by 400.

    Werkzeug's ``trusted_hosts`` knows no networks and no IPv6 addresses, takes capitals for other
    letters, and encodes its list anew for each request.
    """
    is_allowed = lru_cache(REMEMBERED_HOSTS)(_matcher(patterns))

    @app.before_request
    def check_host() -> None:
        environ = request.environ
        host: str = environ.get("HTTP_HOST", "")
        if not host:
            if environ["SERVER_PROTOCOL"] not in _WITHOUT_HOST:
                raise BadRequest("The request must have a Host header.")
        elif len(host) > LONGEST_HOST or not is_allowed(host):
            raise _refusal(host)


def _refusal(host: str) -> HTTPException:
    if len(host) > LONGEST_HOST or not _HOST.fullmatch(host):
        return BadRequest("The Host header must be one host, and maybe a port.")
    return MisdirectedRequest("Nothing is served here under the host that the request names.")


def _matcher(patterns: HostPatterns) -> Callable[[str], bool]:
    networks = tuple(ip_network(pattern) for pattern in patterns if "/" in pattern)
    suffixes = tuple(pattern[1:] for pattern in patterns if pattern.startswith("*."))
    names = frozenset(patterns)

    def is_allowed(host: str) -> bool:
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = (match[1] or match[2]).lower()
        if ANY_HOST in names or name in names or name.endswith(suffixes):
            return True
        try:
            address = ip_address(name)
        except ValueError:
            return False
        return any(address in network for network in networks)

    return is_allowed
