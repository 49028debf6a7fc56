"""Where an application is at home: the event loop on which its lifespan has been entered."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from asgiref.typing import ASGI3Application
from flask import Flask

from service.asgi.lifespan import StartupFailed

Loop = asyncio.AbstractEventLoop

_EXTENSION = "asgi.home"


class Home:
    """The home of one Flask application, whose ASGI form is `application`."""

    def __init__(self, flask_app: Flask, application: ASGI3Application) -> None:
        self.application = application
        self._loop: Loop | None = None
        flask_app.extensions[_EXTENSION] = self

    @property
    def loop(self) -> Loop | None:
        """The loop on which the application has been started, while it is.

        Raises ``RuntimeError`` where that loop stands still, and nobody could be awaited on it.
        """
        loop = self._loop
        # A shutdown that hung may have left its loop behind.
        if loop is None or loop.is_closed():
            return None
        if not loop.is_running():
            raise RuntimeError(
                "The application has been started on an event loop that does not run now: that of"
                " an async fixture, for one, outside of its async tests."
            )
        return loop

    @contextmanager
    def here(self) -> Iterator[None]:
        """Be at home on the running loop; raises ``StartupFailed`` where it is on another one."""
        running = asyncio.get_running_loop()
        if self._loop not in {None, running} and not self._loop.is_closed():
            raise StartupFailed("The application has been started already, on another event loop.")
        self._loop = running
        try:
            yield
        finally:
            self._loop = None


def home_of(flask_app: Flask) -> Home:
    """Return the home of an application; raises ``RuntimeError`` where it has none."""
    home: Home | None = flask_app.extensions.get(_EXTENSION)
    if home is None:
        raise RuntimeError(f"{flask_app.name!r} has no lifespan: make a FlaskToAsgi of it first.")
    return home


def running_loop() -> Loop | None:
    """Return the event loop that runs in this thread, if one does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
