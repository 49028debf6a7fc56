"""What Flask does before each view, in this order."""

from flask import Flask

from service.hooks.cors import answer_preflights
from service.hooks.hosts import require_allowed_host
from service.hooks.timer import note_routes
from service.settings import Settings


def register_hooks(app: Flask, settings: Settings) -> None:
    """Register the hooks that need Flask; ``Envelope`` does what must reach every answer.

    They come first: what is registered later sees no request for another host and no preflight.
    """
    note_routes(app)
    require_allowed_host(app, settings.allowed_hosts)
    if settings.cors_origins:
        answer_preflights(app, settings.cors_origins)
