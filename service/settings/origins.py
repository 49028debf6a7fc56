"""The origins whose pages may call the service."""

import re

# An origin as browsers write it (RFC 6454, 6.2): in lower case, without a path.
_ORIGIN = re.compile(r"(https?)://([a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?")
_DEFAULT_PORTS = {("http", "80"), ("https", "443")}


def parse_origins(text: str) -> tuple[str, ...]:
    """Read a list; raise ValueError that names what is wrong in it."""
    return tuple(_origin(part.strip()) for part in text.split(","))


def _origin(text: str) -> str:
    match = _ORIGIN.fullmatch(text)
    if match is None:
        raise ValueError(f"has {text!r}, which is no origin as a browser writes it")
    if (match[1], match[3]) in _DEFAULT_PORTS:
        raise ValueError(f"has {text!r} with a port that browsers leave out")
    return text
