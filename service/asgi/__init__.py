"""Runs any Flask application on an ASGI server's event loop; knows Flask and ASGI only."""

from service.asgi.background import start_background_task
from service.asgi.bridge import FlaskToAsgi
from service.asgi.declarations import served
from service.asgi.exchange import uninterrupted
from service.asgi.greenlets import run_in_greenlet
from service.asgi.lifespan import StartupFailed
from service.asgi.starting import started, with_started_app

__all__ = [
    "FlaskToAsgi",
    "StartupFailed",
    "run_in_greenlet",
    "served",
    "start_background_task",
    "started",
    "uninterrupted",
    "with_started_app",
]
