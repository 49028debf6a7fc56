"""Who sends a request, as far as its address tells."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

NOBODY_KNOWN = "unknown"

# The part of an IPv6 address that its network gives out; the rest is the client's own to choose.
_NETWORK_BITS = 64


@lru_cache(maxsize=4096)
def caller_at(address: str | None) -> str:
    """Give the client's IPv4 address or IPv6 network, None or another text counts as unknown.

    Some proxies write the client's port behind its address; it is left out, for it changes.
    """
    try:
        ip = ip_address(without_port(address or ""))
    except ValueError:
        return NOBODY_KNOWN
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(IPv6Network((int(ip), _NETWORK_BITS), strict=False))


def without_port(address: str) -> str:
    """Give what stands before the port, if there is one."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    if address.count(":") == 1:
        return address.partition(":")[0]
    return address
