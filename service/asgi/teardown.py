"""The end of a request for which nothing is to be done."""

from typing import Any

import flask.app
from flask import Flask
from flask.signals import request_tearing_down

from service.asgi.own import are_defined_in


def skip_empty_teardown(flask_app: Flask) -> None:
    """Have the app find out at once that no function waits for the end of a request.

    Flask looks for the request's blueprints first. That takes 16,000 instructions, or two µs, most
    of them for the attribute of a proxy, which is found by an error.
    """
    inner = flask_app.do_teardown_request
    own = are_defined_in(flask.app, type(flask_app), ["do_teardown_request"])
    if not own or "do_teardown_request" in vars(flask_app):
        return

    def do_teardown_request(*error: Any) -> None:  # noqa: ANN401  # Flask has a default of its own.
        if flask_app.teardown_request_funcs or request_tearing_down.receivers:
            inner(*error)

    flask_app.do_teardown_request = do_teardown_request  # type: ignore[assignment, method-assign]
