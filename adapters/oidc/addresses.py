"""Which addresses of a provider are believed to be safe to ask."""

from ipaddress import ip_address

import httpx

HIGHEST_PORT = 65535


def is_safe(url: str, *, loopback: bool) -> bool:
    """Tell whether what is sent there stays between us and the provider.

    It does over HTTPS, and where `loopback` is allowed within this machine too.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return False
    if not parsed.host or parsed.userinfo or parsed.fragment or (parsed.port or 1) > HIGHEST_PORT:
        return False
    return parsed.scheme == "https" or (
        loopback and parsed.scheme == "http" and _is_this_machine(parsed.host)
    )


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
