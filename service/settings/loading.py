import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from service.settings.derived import with_derived
from service.settings.errors import SettingsError
from service.settings.model import Settings
from service.settings.names import FIELDS, unknown_name_problems
from service.settings.rules import rule_problems
from service.settings.sources import Given, Source, find_settings, open_sources

DOTENV = Path(".env")


def load_settings(
    environ: Mapping[str, str] = os.environ, dotenv: Path | None = DOTENV
) -> Settings:
    """Read and check all settings; see `service.settings.sources` for where they are looked for.

    Raises SettingsError that lists all that is wrong.
    """
    settings, _ = load_with_origins(environ, dotenv)
    return settings


def load_with_origins(
    environ: Mapping[str, str] = os.environ, dotenv: Path | None = DOTENV
) -> tuple[Settings, dict[str, str]]:
    """Like `load_settings`; also tell where each variable's value comes from."""
    sources = open_sources(environ, dotenv)
    given = find_settings(sources)
    effective = with_derived(given)
    problems = [
        *_source_problems(sources),
        *rule_problems(given),
        *(value.problem for value in effective.values() if value.problem),
    ]
    settings = _validated(effective, problems)
    default = f"default of {settings.profile}"
    origins = {name: effective[name].origin if name in effective else default for name in FIELDS}
    return settings, origins


def _source_problems(sources: tuple[Source, Source]) -> Iterator[str]:
    environment, dotenv = sources
    yield from unknown_name_problems(environment.values.keys() | dotenv.values.keys())
    for name, value in dotenv.values.items():
        if "${" in value:
            yield f"{name} in {dotenv.origin} has ${{…}}; expected it written out, or {name}_FILE"


def _validated(effective: Mapping[str, Given], problems: list[str]) -> Settings:
    values = {name: given.value for name, given in effective.items() if not given.problem}
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        # Without the cause, which holds the values.
        raise SettingsError([*problems, *map(_problem, error.errors())]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _problem(detail: ErrorDetails) -> str:
    """A line that quotes the value only where pydantic's own checks refused it.

    Those are numbers and words of a list. The checks of this project, which see URIs, write
    their own reasons.
    """
    name = str(detail["loc"][0])
    reason = detail.get("ctx", {}).get("error") or f"is {detail['input']!r}"
    return f"{name} {reason}; expected {Settings.model_fields[FIELDS[name]].description}"
