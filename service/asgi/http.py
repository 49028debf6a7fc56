"""One HTTP request: refused or admitted, run in a greenlet or a thread, and maybe interrupted."""

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from wsgiref.types import WSGIEnvironment

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope
from flask import Flask
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from service.asgi.admission import RETRY_AFTER, Admission
from service.asgi.body import RequestBody
from service.asgi.client import Client
from service.asgi.declarations import Declaration
from service.asgi.environ import build_environ, may_have_body
from service.asgi.exchange import Exchange, Interruption, current_exchange
from service.asgi.holding import HoldingDetector
from service.asgi.limits import MAX_BODY_SIZE, HeaderLimits, refuse_body
from service.asgi.lingering import linger
from service.asgi.patrol import Patrol
from service.asgi.refusals import refuse
from service.asgi.responding import calling, respond, respond_in_thread
from service.asgi.steps import FlaskSteps
from service.asgi.stepwise import await_stepwise
from service.asgi.threads import ThreadPool
from service.asgi.views import Views

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpService:
    """Serves the requests of one Flask application.

    A coroutine costs time, and memory for as long as it waits: what awaits one thing only, at its
    end, is a plain method that returns it.
    """

    flask_app: Flask
    believe_proxies: Callable[[WSGIEnvironment], None] | None
    steps: FlaskSteps
    views: Views
    threads: ThreadPool
    headers: HeaderLimits
    admission: Admission
    patrol: Patrol
    detector: HoldingDetector | None

    def serve(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> Awaitable[None]:
        """Serve one request, or refuse it."""
        client = Client(receive)
        environ = build_environ(scope)
        if self.believe_proxies is not None:
            self.believe_proxies(environ)
        if may_have_body(scope, environ):
            announced = environ.get("CONTENT_LENGTH", "")
            environ["wsgi.input"] = body = RequestBody(client.receive, announced)
            send = linger(scope, body, send)
        else:
            environ["wsgi.input"] = io.BytesIO()
        declaration = self.views.declaration(environ)
        if error := self.headers.refuse(scope) or self._refuse_body(environ, declaration):
            return refuse(self.flask_app, error, environ, send)
        exchange = Exchange(client, send, declaration, self.patrol)
        return self._serve_exchange(environ, exchange, send)

    async def _serve_exchange(
        self, environ: WSGIEnvironment, exchange: Exchange, send: ASGISendCallable
    ) -> None:
        current_exchange.set(exchange)
        try:
            await self._admit(environ, exchange, send)
        except asyncio.CancelledError:
            if not exchange.takes_back():
                raise
            exchange.leave()
            await self._after_interruption(environ, exchange, send)
        finally:
            exchange.leave()
            # A context may live on, with a task that the view has started for one.
            current_exchange.set(None)

    async def _admit(
        self, environ: WSGIEnvironment, exchange: Exchange, send: ASGISendCallable
    ) -> None:
        if not self.admission.is_free():
            try:
                await self._queue(exchange)
            except ServiceUnavailable as error:
                exchange.leave()
                await refuse(self.flask_app, error, environ, send)
                return
        try:
            await self._run(environ, exchange)
        finally:
            self.admission.leave()

    async def _queue(self, exchange: Exchange) -> None:
        # Watched from here on, so that its deadline counts from its arrival.
        exchange.queued = True
        exchange.begin_to_wait()
        await self.admission.wait()
        exchange.queued = False

    def _refuse_body(
        self, environ: WSGIEnvironment, declaration: Declaration
    ) -> HTTPException | None:
        # A GET may have a body, but has no view that waits for a large one.
        if environ["REQUEST_METHOD"] == "GET" and "CONTENT_LENGTH" not in environ:
            return None
        limit = declaration.max_body_size
        if limit is None:
            limit = self.flask_app.config["MAX_CONTENT_LENGTH"]
        if limit is not None:
            environ[MAX_BODY_SIZE] = limit
        return refuse_body(environ, limit)

    def _run(self, environ: WSGIEnvironment, exchange: Exchange) -> Awaitable[None]:
        if not exchange.declaration.on_loop:
            exchange.begin_to_wait()
            return self.threads.run(respond_in_thread, self.flask_app, environ, exchange.send)

        steps = self.steps
        application = steps.respond if steps.may_be_taken() else calling(self.flask_app)
        responding = respond(application, environ, exchange.send)
        running = await_stepwise(responding, exchange.begin_to_wait)
        return running if self.detector is None else self.detector.watch(running, environ)

    async def _after_interruption(
        self, environ: WSGIEnvironment, exchange: Exchange, send: ASGISendCallable
    ) -> None:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if exchange.interruption is Interruption.LATE:
            logger.warning("%s %r passed its deadline", method, path)
            # What has begun may have had its effect: only the others are told to come again.
            error = ServiceUnavailable(retry_after=RETRY_AFTER if exchange.queued else None)
            await refuse(self.flask_app, error, environ, send)
        else:
            logger.info("%s %r was cancelled: its client has gone", method, path)
