"""`flask shell`: a console over open stores, where use-cases can be awaited."""

import sys
from functools import partial

import click
from flask import Flask

from domain.callers import OPERATOR, acting_as
from domain.pagination import PageRequest
from service import wiring
from service.application import create_app
from service.asgi import FlaskToAsgi, started
from service.cli.config import settings_or_exit
from service.cli.console import AsyncConsole, Names
from service.lifespan import opened
from service.settings import Settings
from service.use_cases import UseCases

BANNER = """\
The stores are open, and `await` works. There are use_cases, and of these catalogue, activity and
configuration; settings, app and PageRequest. For example:
await catalogue.list_authors(PageRequest(limit=5))"""


@click.command
def shell() -> None:
    """Open a Python console over open stores, or run a program from the standard input."""
    settings = settings_or_exit()
    wired = wiring.wire(settings)
    app = create_app(settings, wired.use_cases)
    FlaskToAsgi(app, lifespan=partial(opened, wired))
    with started(app) as loop, app.app_context(), acting_as(OPERATOR):
        _interact(AsyncConsole(_names(settings, wired.use_cases, app), loop))


def _interact(console: AsyncConsole) -> None:
    if sys.stdin.isatty():
        console.complete_with_tab()
        console.interact(BANNER, exitmsg="")
    else:
        console.run_script(sys.stdin.read())


def _names(settings: Settings, use_cases: UseCases, app: Flask) -> Names:
    return {
        "use_cases": use_cases,
        "catalogue": use_cases.catalogue,
        "activity": use_cases.activity,
        "configuration": use_cases.configuration,
        "settings": settings,
        "app": app,
        "PageRequest": PageRequest,
    }
