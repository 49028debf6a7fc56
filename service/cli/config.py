"""`flask config`: what the settings are and where each comes from."""

import json
from collections.abc import Iterable

import click

from service.settings import Settings, SettingsError, load_settings, load_with_origins
from service.settings.report import ShownSetting, shown_settings


def settings_or_exit() -> Settings:
    """Load the settings for a command; bad ones end it with their problems and status 1."""
    try:
        return load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


# The automatic variable of the option, FLASK_CONFIG_JSON, would look like a setting.
@click.command
@click.option(
    "--json", "as_json", is_flag=True, allow_from_autoenv=False, help="Print JSON, not a table."
)
def config(*, as_json: bool) -> None:
    """Print the effective settings and where each comes from; secrets are masked."""
    try:
        settings, origins = load_with_origins()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    shown = shown_settings(settings, origins)
    click.echo(_document(shown) if as_json else _table(shown))


def _document(shown: Iterable[ShownSetting]) -> str:
    settings = {each.name: {"value": each.value, "origin": each.origin} for each in shown}
    return json.dumps(settings, indent=2, ensure_ascii=False)


def _table(shown: Iterable[ShownSetting]) -> str:
    rows = [("NAME", "VALUE", "ORIGIN"), *((each.name, _cell(each), each.origin) for each in shown)]
    names, values = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(f"{name:{names}}  {value:{values}}  {origin}" for name, value, origin in rows)


def _cell(shown: ShownSetting) -> str:
    if shown.value is None:
        return "(not set)"
    return str(shown.value).lower() if isinstance(shown.value, bool) else str(shown.value)
