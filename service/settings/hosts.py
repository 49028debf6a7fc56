"""The hosts by which the service may be called."""

import re
from ipaddress import ip_network
from typing import TypeAlias

HostPatterns: TypeAlias = tuple[str, ...]

# None of them can be had by somebody else: RFC 6761 keeps both names out of the public DNS.
LOCAL_HOSTS: HostPatterns = ("localhost", "*.localhost", "*.test", "127.0.0.0/8", "::1/128")
ANY_HOST = "*"

_NAME = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z][a-z0-9_-]{0,62}")


def parse_hosts(text: str) -> HostPatterns:
    """Read a list; raise ValueError that names what is wrong in it."""
    return tuple(_pattern(part.strip().lower()) for part in text.split(","))


def _pattern(text: str) -> str:
    if text == ANY_HOST or _NAME.fullmatch(text):
        return text
    try:
        return str(ip_network(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        raise ValueError(f"has {text!r}, which is no host") from None
