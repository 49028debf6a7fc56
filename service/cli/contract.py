"""`flask openapi`: the contract as a file, for the generators of clients."""

from pathlib import Path

import click

from service.application import create_app
from service.openapi import as_json, openapi_document
from service.settings import load_settings
from service.wiring import wire


@click.command
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    allow_from_autoenv=False,
    help="The file to write; without it the document is printed.",
)
def openapi(output: Path | None) -> None:
    """Write the OpenAPI document, which is the same under all settings."""
    settings = load_settings({"FLASK_CONFIG": "testing"}, dotenv=None)
    app = create_app(settings, wire(settings).use_cases)
    text = as_json(openapi_document(app), indent=2)
    if output is None:
        click.echo(text)
    else:
        _write(output, text)


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{output} can't be written: {error.strerror}.") from error
