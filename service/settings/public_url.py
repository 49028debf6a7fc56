"""Where people and machines find the service."""

import re

LONGEST = 255

_URL = re.compile(r"https?://([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~-]+)*")


def parse_public_url(text: str) -> str:
    """Check a URL without a slash at its end; raise ValueError for another text."""
    if len(text) > LONGEST or not _URL.fullmatch(text):
        raise ValueError("is no such URL")
    return text
