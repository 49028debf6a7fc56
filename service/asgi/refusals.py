"""Answers that the bridge itself gives, in the application's own form."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent
from flask import Flask
from werkzeug.exceptions import HTTPException

from service.asgi.responding import calling, respond
from service.asgi.stepwise import await_stepwise


async def refuse(
    flask_app: Flask, error: HTTPException, environ: WSGIEnvironment, send: ASGISendCallable
) -> None:
    """Answer a request by an error, as if that had been raised before any hook.

    The application's error handlers and ``after_request`` functions are called, its
    ``before_request`` functions and views are not.
    """

    async def send_all(*messages: ASGISendEvent) -> None:
        for message in messages:
            await send(message)

    await await_stepwise(respond(calling(_refusing(flask_app, error)), environ, send_all))


def _refusing(flask_app: Flask, error: HTTPException) -> WSGIApplication:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with flask_app.request_context(environ):
            answer = flask_app.handle_user_exception(error)
            response = flask_app.finalize_request(answer, from_error_handler=True)
            return response(environ, start_response)

    return application


async def refuse_websocket(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Close before accepting, which every server answers with 403: Flask has no websockets."""
    await receive()
    await send({"type": "websocket.close", "code": 1000, "reason": None})
