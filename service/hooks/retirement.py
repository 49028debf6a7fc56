"""What every answer of a route tells, by its declaration: that it ends, that nobody keeps it."""

from flask import Flask, Response, request

from service.routes import route_of


def announce_declarations(app: Flask) -> None:
    """Give each answer of a retired route the headers of its retirement, a problem too.

    No cache keeps an answer of a route that is secret (RFC 9111, 5.2.2.5).
    """

    @app.after_request
    def announce(response: Response) -> Response:
        declared = route_of(app, request.endpoint)
        if declared is not None and declared.retirement is not None:
            response.headers.extend(declared.retirement.headers())
        if declared is not None and declared.secret:
            response.headers["Cache-Control"] = "no-store"
        return response
