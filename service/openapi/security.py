"""How callers say who they are."""

from typing import Any

_SCHEMES = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "What signing in gives, for ten minutes. In development, "
        "`flask token issue --role editor` prints one that needs no account.",
    },
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "imk_…",
        "description": "What a machine shows: a key of an account, with some of its permissions.",
    },
}

# One of them is enough.
ANY_SCHEME: list[dict[str, list[str]]] = [{name: []} for name in _SCHEMES]


def security_schemes() -> dict[str, Any]:
    """Give the schemes by their names."""
    return {name: dict(scheme) for name, scheme in _SCHEMES.items()}
