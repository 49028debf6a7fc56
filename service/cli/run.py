"""`flask run`: Hypercorn in place of Werkzeug's server, whose loop per request breaks pools."""

import sys
from pathlib import Path

import click

from service.cli.config import settings_or_exit
from service.cli.first_administrator import tell_of_first_administrator
from service.cli.reloading import Reloader
from service.cli.serving import end_with, serve

ROOT = Path(__file__).resolve().parents[2]
WATCHED = [ROOT / name for name in ("asgi.py", "adapters", "domain", "service")]


@click.command
@click.option("-h", "--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--reload/--no-reload",
    default=None,
    help="Start anew when the code changes; in development that is the default.",
)
@click.option("--lifeline", type=int, hidden=True, allow_from_autoenv=False)
def run(host: str, port: int, *, reload: bool | None, lifeline: int | None) -> None:
    """Serve the application by Hypercorn, in one process."""
    settings = settings_or_exit()
    development = settings.profile == "development"
    if development and lifeline is None:
        tell_of_first_administrator(settings)
    if development if reload is None else reload:
        sys.exit(Reloader(_command(host, port), WATCHED).run())
    if lifeline is not None:
        end_with(lifeline)
    serve(host, port, access_log=development)


def _command(host: str, port: int) -> list[str]:
    arguments = ["--no-reload", "--host", host, "--port", str(port), "--lifeline"]
    return [sys.executable, "-m", "flask", "run", *arguments]
