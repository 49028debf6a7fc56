"""What a new installation is told: how to make its first administrator."""

import sys
from pathlib import Path

import click

from service.cli.operating import operate
from service.settings import Settings


def tell_of_first_administrator(settings: Settings) -> None:
    """Say how to make an administrator, where all stores are embedded and there is none yet.

    A file that can't be used is left for the server to tell of.
    """
    if settings.mysql or settings.mongo_uri or settings.redis_uri:
        return
    try:
        if operate(settings, lambda use_cases: use_cases.accounts.has_administrator()):
            return
    except click.ClickException:
        return
    click.echo(
        "There is no administrator yet. To make the first one, stop this server (Ctrl-C), run\n"
        f"    {_flask()} create-superuser\n"
        "and start it again.",
        err=True,
    )


def _flask() -> str:
    """Give the command as it was typed, or by make."""
    typed = Path(sys.argv[0])
    return str(typed) if typed.name == "flask" else "flask"
