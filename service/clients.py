"""Where a request comes from, and whether a page that belongs here sent it."""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from flask import Request

from domain.authentication.entities import DEVICE_MAX_LENGTH, Client
from service.hooks.callers import NOBODY_KNOWN, caller_at, without_port
from service.request_errors import CrossSiteRequest

_SAME_ORIGIN = "same-origin"


def client_of(request: Request) -> Client:
    """Tell what a request tells of its sender; all of it fits where it is kept."""
    return Client(
        address=address_of(request.remote_addr),
        network=caller_at(request.remote_addr),
        device=_line(request.headers.get("User-Agent", "")),
    )


@lru_cache(maxsize=4096)
def address_of(text: str | None) -> str:
    """Give the address without port and zone, which its own machine alone understands."""
    try:
        ip = ip_address(without_port(text or "").partition("%")[0])
    except ValueError:
        return NOBODY_KNOWN
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return str(mapped or ip)


def refuse_other_sites(request: Request, origins: Collection[str]) -> None:
    """Raise CrossSiteRequest unless a page of this origin, or of a given one, sent the request.

    Browsers say so by themselves, and let no page say it for them: by Sec-Fetch-Site or, for a
    page that is let in by CORS and for older ones, by Origin. What says neither is no browser, and
    needs no cookies.
    """
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    is_own = site == _SAME_ORIGIN or (site is None and origin == request.host_url.rstrip("/"))
    if not is_own and (origin is None or origin not in origins):
        raise CrossSiteRequest


def _line(text: str) -> str:
    return "".join(it if it.isprintable() else " " for it in text).strip()[:DEVICE_MAX_LENGTH]
