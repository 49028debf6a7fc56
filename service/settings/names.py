"""Which variables are settings, and which `FLASK_…` variable is a slip of the pen."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from service.settings.model import Settings

PREFIX = "FLASK_"

FIELDS = {str(field.validation_alias): name for name, field in Settings.model_fields.items()}
REDIS_HOST = "FLASK_REDIS_HOST"
REDIS_PASSWORD = "FLASK_REDIS_PW"  # noqa: S105
SETTINGS = (*FIELDS, REDIS_HOST, REDIS_PASSWORD)

# What Flask 3.1 reads itself: its command line takes each option of `flask`, `flask run`, … from a
# variable too. FLASK_ENV has no effect since Flask 2.3, but many environments still set it.
FLASK_NAMES = frozenset(
    {"FLASK_APP", "FLASK_ENV", "FLASK_ENV_FILE", "FLASK_RUN_FROM_CLI", "FLASK_SKIP_DOTENV"}
)
FLASK_PREFIXES = ("FLASK_RUN_", "FLASK_ROUTES_", "FLASK_SHELL_")

_KNOWN = frozenset({*SETTINGS, *(f"{name}_FILE" for name in SETTINGS), *FLASK_NAMES})


def unknown_name_problems(names: Iterable[str]) -> Iterator[str]:
    """A line for each name that starts with `FLASK_` and that nothing reads."""
    for name in names:
        if not (name in _KNOWN or name.startswith(FLASK_PREFIXES)):
            yield f"{name} is not a setting; {_hint(name)}"


def _hint(name: str) -> str:
    # Compared without the prefix, which makes any two names look alike.
    candidates = [known.removeprefix(PREFIX) for known in sorted(_KNOWN)]
    close = get_close_matches(name.removeprefix(PREFIX), candidates, n=1, cutoff=0.7)
    return f"did you mean {PREFIX}{close[0]}?" if close else ".env.example lists the settings"
