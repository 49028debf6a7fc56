"""Which view holds the event loop, and where: a help for development."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Generator
from functools import partial
from types import coroutine
from typing import Any, NamedTuple
from wsgiref.types import WSGIEnvironment

from service.asgi.places import Place, place_in_application

logger = logging.getLogger(__name__)


class Step(NamedTuple):
    """What a request does on the loop between two waits."""

    began: float
    thread: int
    environ: WSGIEnvironment


class HoldingDetector:
    """Warns, once for each place, of code that holds the loop for more than `limit` seconds.

    A daemon thread looks at the step that runs, while it runs; where requests come thick and fast
    it wakes twice in `limit` seconds, and where none come it sleeps. It is started as it is needed,
    and can be again after ``close``. It sees a request's own task only.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._step: Step | None = None
        self._stepped = threading.Event()
        self._thread: threading.Thread | None = None
        self._reported: set[Place] = set()

    @coroutine
    def watch(
        self, running: Generator[object, object, None], environ: WSGIEnvironment
    ) -> Generator[object, object, None]:
        """Await what runs for a request, and watch each step of it."""
        self._keep_thread()
        try:
            yielded = self._advance(environ, partial(running.send, None))
            while True:
                try:
                    sent = yield yielded
                except BaseException as error:  # noqa: BLE001  # The function decides about it.
                    yielded = self._advance(environ, partial(running.throw, error))
                else:
                    yielded = self._advance(environ, partial(running.send, sent))
        except StopIteration:
            return

    def close(self) -> None:
        """Have the thread end soon."""
        self._thread = None
        self._stepped.set()

    def _keep_thread(self) -> None:
        if self._thread is None:
            # One event for each thread: one that is about to end clears no other's.
            self._stepped = threading.Event()
            self._thread = threading.Thread(target=self._watch, args=(self._stepped,), daemon=True)
            self._thread.start()

    def _advance(self, environ: WSGIEnvironment, advance: Callable[[], Any]) -> object:
        # A view may await another request in its own task: a step within a step.
        outer = self._step
        self._step = Step(time.monotonic(), threading.get_ident(), environ)
        if not self._stepped.is_set():
            self._stepped.set()
        try:
            return advance()
        finally:
            self._step = outer
            # It may refer to an error whose traceback refers to this frame.
            del advance

    def _watch(self, stepped: threading.Event) -> None:
        while self._thread is threading.current_thread():
            stepped.wait()
            # Cleared after a pause only, so that most steps find it set and have no thread to wake.
            time.sleep(self._limit / 2)
            stepped.clear()
            # In a function of its own, whose end lets go of the request.
            self._watch_step()

    def _watch_step(self) -> None:
        if (step := self._step) is None:
            return
        time.sleep(max(0.0, step.began + self._limit - time.monotonic()))
        if (frame := sys._current_frames().get(step.thread)) is None:  # noqa: SLF001  # Documented.
            return
        place = place_in_application(frame)
        # If the step still lasts, the place is one of its own.
        if self._step is step and place not in self._reported:
            self._reported.add(place)
            self._report(step.environ, place)

    def _report(self, environ: WSGIEnvironment, place: Place) -> None:
        text = "%s held the event loop for more than %g ms at %s:%d"
        logger.warning(text, _name(environ), self._limit * 1000, *place)


def _name(environ: WSGIEnvironment) -> str:
    """Return the view's endpoint; where the request has none, its method and path."""
    request = environ.get("werkzeug.request")
    endpoint: str | None = getattr(request, "endpoint", None)
    if endpoint is not None:
        return f"View {endpoint!r}"
    return f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']!r}"
