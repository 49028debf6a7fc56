"""What FLASK_SECRET_KEY was before, or will be: it only checks and unseals."""

import json

from pydantic import Secret

from service.settings.uris import MASK

MAX_FALLBACKS = 10


class SecretKeys(Secret[tuple[str, ...]]):
    """Secrets that no text form shows; `get_secret_value()` gives them."""

    def _display(self) -> str:
        return MASK


def parse_fallbacks(text: str) -> tuple[str, ...]:
    """Read a JSON list; raise ValueError with a reason that quotes none of it."""
    try:
        match json.loads(text):
            case [*keys] if all(isinstance(key, str) and key for key in keys):
                # Half of a surrogate pair, which JSON can write, is no text.
                "".join(keys).encode()
            case _:
                keys = []
    except (ValueError, RecursionError):
        # Its message would quote what it was given.
        keys = []
    if not 1 <= len(keys) <= MAX_FALLBACKS:
        raise ValueError(f"is no JSON list of 1 to {MAX_FALLBACKS} texts")
    if len(set(keys)) < len(keys):
        raise ValueError("has a key twice")
    return tuple(keys)
