"""Start an application up without a server: for tests, for commands, for a console."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any, ParamSpec

from flask import Flask, current_app

from service.asgi.beside import loop_beside
from service.asgi.greenlets import in_greenlet
from service.asgi.home import Loop, home_of, running_loop
from service.asgi.lending import lent_to
from service.asgi.lifespan_client import lifespan_of

P = ParamSpec("P")


@contextmanager
def started(flask_app: Flask) -> Iterator[Loop]:
    """Start an app that has a ``FlaskToAsgi`` up, as a server does, and shut it down in the end.

    Its lifespan is entered on an event loop that runs beside, on a thread of its own, and is given.
    Meanwhile that loop awaits all that is async in the app, whichever thread calls it: views, hooks
    and streams of ``test_client()``, commands, ``current_app.async_to_sync``. In the thread that
    enters this, asgiref's own ``async_to_sync`` reaches it too. An app that has been started
    already stays as it is, on its loop.

    Raises ``StartupFailed`` where start-up fails, and ``RuntimeError`` where shutdown does, within
    the deadlines of the ``FlaskToAsgi``; ``RuntimeError``, too, where a loop runs in this thread.
    """
    home = home_of(flask_app)
    running = running_loop()
    if running is not None:
        if not in_greenlet() or home.loop is not running:
            raise RuntimeError(
                "An event loop runs in this thread: there, AsyncTestClient starts an application."
            )
        yield running
    elif home.loop is not None:
        with lent_to(home.loop):
            yield home.loop
    else:
        lifespan = partial(lifespan_of, home.application)
        with loop_beside(lifespan) as loop, lent_to(loop):
            yield loop


def with_started_app(function: Callable[P, Any]) -> Callable[P, Any]:
    """Wrap the function of a command, sync or async, so that the current app is started around it.

    An async one is awaited on the app's loop, in the app's context. Decorators of click stand
    above, and so does Flask's ``with_appcontext`` where the command is not one of ``app.cli``.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> object:
        with started(current_app):
            return current_app.ensure_sync(function)(*args, **kwargs)

    return call
