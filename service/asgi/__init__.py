"""Runs any Flask application on an ASGI server's event loop; knows Flask and ASGI only."""

from service.asgi.bridge import FlaskToAsgi
from service.asgi.declarations import served
from service.asgi.exchange import uninterrupted
from service.asgi.lifespan import StartupFailed

__all__ = ["FlaskToAsgi", "StartupFailed", "served", "uninterrupted"]
