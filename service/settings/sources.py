"""Where settings come from.

For each setting, the first of these that has it counts:

1. the environment: `NAME`, or the file that `NAME_FILE` names (both are an error);
2. `.env`: the same;
3. the profile's default.

The empty string counts as not set. Values in `.env` are taken as they stand: `${OTHER}` is
refused, because the `flask` command would expand it and a server would not.

The `flask` command copies `.env` into the environment before any of this runs. So a variable
whose value is the same in both counts as coming from `.env`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from service.settings.errors import SettingsError
from service.settings.flags import is_on_for_flask
from service.settings.names import PREFIX, SETTINGS


@dataclass(frozen=True, slots=True)
class Given:
    """A setting that somebody gave: its text and where it stood.

    `problem` says why the text could not be had, or is empty.
    """

    value: str
    origin: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The `FLASK_…` variables of one place that are not empty."""

    origin: str
    values: Mapping[str, str]


def open_sources(environ: Mapping[str, str], dotenv: Path | None) -> tuple[Source, Source]:
    """The environment and `.env`, in this order.

    `.env` is empty if there is no such file, if `dotenv` is None, or if FLASK_SKIP_DOTENV is on.
    Raises SettingsError if it can't be read.
    """
    if is_on_for_flask(environ.get("FLASK_SKIP_DOTENV", "")):
        dotenv = None
    in_file = {} if dotenv is None else _read_dotenv(dotenv)
    own = {name: value for name, value in environ.items() if in_file.get(name) != value}
    return Source("environment", _ours(own)), Source(str(dotenv), _ours(in_file))


def find_settings(sources: tuple[Source, ...]) -> dict[str, Given]:
    """What the sources give, by the setting's name; a setting that is not given is absent."""
    found = ((name, _find(name, sources)) for name in SETTINGS)
    return {name: given for name, given in found if given is not None}


def _read_dotenv(path: Path) -> dict[str, str]:
    try:
        values = dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path} holds settings, {_unreadable(error)}"]) from None
    return {name: value for name, value in values.items() if value is not None}


def _ours(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value and name.startswith(PREFIX)}


def _find(name: str, sources: tuple[Source, ...]) -> Given | None:
    for source in sources:
        value, path = source.values.get(name), source.values.get(f"{name}_FILE")
        if value and path:
            problem = f"{name} and {name}_FILE are both set; expected one of them"
            return Given("", source.origin, problem)
        if path:
            return _read_secret_file(name, path)
        if value:
            return Given(value, source.origin, _encoding_problem(name, value))
    return None


def _read_secret_file(name: str, path: str) -> Given:
    origin = f"file {path}"
    try:
        value = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        return Given("", origin, f"{name}_FILE names {path}, {_unreadable(error)}")
    if not value:
        return Given("", origin, f"{name}_FILE names {path}, which is empty; expected a value")
    return Given(value, origin)


def _unreadable(error: OSError | ValueError) -> str:
    """Why reading failed, without a piece of what was read."""
    reason = error.strerror if isinstance(error, OSError) else None
    return f"which can't be read ({reason or 'not UTF-8'}); expected a text file"


def _encoding_problem(name: str, value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        return f"{name} is not UTF-8; expected text"
    return ""
