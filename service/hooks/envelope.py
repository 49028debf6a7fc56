"""What every request and every answer goes through, those that Flask never sees too."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from asgiref.typing import (
    ASGIReceiveCallable,
    ASGISendCallable,
    ASGISendEvent,
    HTTPResponseStartEvent,
    HTTPScope,
    Scope,
)

from domain.timing import Stopwatch, stopwatch
from service.hooks.cors import ORIGIN, cors_headers
from service.hooks.current import CurrentRequest, current_request
from service.hooks.request_ids import REQUEST_ID, request_id
from service.hooks.security_headers import (
    DEFAULTS,
    FORWARDED_PROTO,
    SECURE_DEFAULTS,
    Headers,
    is_secure,
)
from service.hooks.timer import Timer
from service.hooks.tracing import TRACEPARENT, TRACESTATE, parse_trace
from service.settings import Settings

Application: TypeAlias = Callable[[Scope, ASGIReceiveCallable, ASGISendCallable], Awaitable[None]]

_READ = frozenset({FORWARDED_PROTO, ORIGIN, REQUEST_ID, TRACEPARENT, TRACESTATE})


class Envelope:
    """The application as a server calls it, around the bridge.

    It gives each request its id and its stopwatch before anything is logged of it, and each answer
    its headers: the view's, the problems', and the bridge's own refusals and failures. A header
    that a view has set stays as it is.
    """

    def __init__(self, application: Application, settings: Settings) -> None:
        self._application = application
        self._trusted_proxies = settings.trusted_proxies
        self._cors = cors_headers(settings.cors_origins, credentials=settings.cors_credentials)
        # RFC 9110, 12.5.5: the answers to those who send no origin, or another, differ too.
        self._vary: Headers = ((b"vary", b"Origin"),) if self._cors else ()
        self._timer = Timer(settings.slow_request, settings.profile == "development")

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Serve one scope."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    async def _serve(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        sent = _read_headers(scope)
        request = _begun(scope, sent)
        token = current_request.set(request)
        stopwatch.set(request.stopwatch)

        async def send_on(message: ASGISendEvent) -> None:
            if message["type"] == "http.response.start":
                secure = is_secure(scope, sent, self._trusted_proxies)
                message = self._completed(message, request, sent.get(ORIGIN, b""), secure=secure)
            await send(message)

        try:
            await self._application(scope, receive, send_on)
        finally:
            if not request.answered:
                self._timer.end(request, None)
            current_request.reset(token)

    def _completed(
        self,
        message: HTTPResponseStartEvent,
        request: CurrentRequest,
        origin: bytes,
        *,
        secure: bool,
    ) -> HTTPResponseStartEvent:
        request.answered = True
        given = message["headers"]
        names = {name for name, _ in given}
        defaults = (*(SECURE_DEFAULTS if secure else DEFAULTS), *self._cors.get(origin, ()))
        added = [header for header in defaults if header[0] not in names]
        timing = self._timer.end(request, message["status"])
        own = (REQUEST_ID, request.id.encode())
        return {**message, "headers": [*given, *added, *self._vary, *timing, own]}


def _read_headers(scope: HTTPScope) -> Mapping[bytes, bytes]:
    """Give the headers that matter here, repeated ones joined (RFC 9110, 5.3).

    That is right for lists; what may be there once is malformed with a comma in it.
    """
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _READ:
            found[name] = found[name] + b"," + value if name in found else value
    return found


def _begun(scope: HTTPScope, sent: Mapping[bytes, bytes]) -> CurrentRequest:
    return CurrentRequest(
        method=scope["method"],
        id=request_id(sent.get(REQUEST_ID)),
        trace=parse_trace(sent.get(TRACEPARENT), sent.get(TRACESTATE)),
        stopwatch=Stopwatch(),
    )
