"""Call a WSGI application and send its answer: on the event loop, or from a thread."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from service.asgi.response import Response, Send

Answer: TypeAlias = tuple[Iterable[bytes], Callable[[], object] | None]
"""The chunks of an answer, and what is to be called once they are sent, or not to be sent."""

Application: TypeAlias = Callable[[WSGIEnvironment, StartResponse], Awaitable[Answer]]
"""A WSGI application that is awaited."""


async def respond(application: Application, environ: WSGIEnvironment, send: Send) -> None:
    """Serve one request, stepwise: the application and its chunks are sync code that may await.

    An error before the response has started is logged and answered by a plain 500. A later one is
    raised: the server then cuts the connection, and the client cannot take a part for the whole.
    """
    response = Response(send, environ["REQUEST_METHOD"])
    try:
        chunks, close = await application(environ, response.start)
        try:
            await response.send_all(chunks)
        finally:
            if close is not None:
                close()
    except Exception as error:
        if response.started:
            raise
        await response.send_all(response.apology(environ, error))


def respond_in_thread(application: WSGIApplication, environ: WSGIEnvironment, send: Send) -> None:
    """Do the same from a pool's thread, in which the application and its chunks belong."""
    response = Response(send, environ["REQUEST_METHOD"])
    try:
        chunks = application(environ, response.start)
        try:
            response.write_all(chunks)
        finally:
            if (close := getattr(chunks, "close", None)) is not None:
                close()
    except Exception as error:
        if response.started:
            raise
        response.write_all(response.apology(environ, error))


def calling(application: WSGIApplication) -> Application:
    """Return a WSGI application in the form that is awaited."""

    async def call(environ: WSGIEnvironment, start_response: StartResponse) -> Answer:
        chunks = application(environ, start_response)
        return chunks, getattr(chunks, "close", None)

    return call
