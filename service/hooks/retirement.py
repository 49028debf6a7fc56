"""Every answer of a route that is retired says so."""

from flask import Flask, Response, request

from service.routes import route_of


def announce_retirements(app: Flask) -> None:
    """Give each answer of each retired route the headers of its retirement, a problem too."""

    @app.after_request
    def announce(response: Response) -> Response:
        declared = route_of(app, request.endpoint)
        if declared is not None and declared.retirement is not None:
            response.headers.extend(declared.retirement.headers())
        return response
