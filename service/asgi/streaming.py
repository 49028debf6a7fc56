"""What a response may be made of beside what WSGI knows: async iterators, and files read apart."""

import asyncio
import io
from collections.abc import AsyncIterable, Awaitable, Iterator
from functools import partial
from typing import Any, TypeVar

from flask import Flask, Response, stream_with_context
from werkzeug.wsgi import FileWrapper

from service.asgi.greenlets import await_in_greenlet, in_greenlet

T = TypeVar("T")

FILE_CHUNK = 65536
"""Bytes of a file that are read at once: each read is a journey to a thread and back."""


def accept_async_iterators(flask_app: Flask) -> None:
    """Have the app stream an async iterator, returned alone, in a tuple or in a Response.

    It keeps the request's context to its end, for ``stream_with_context`` knows sync ones only.
    """
    inner = flask_app.make_response
    make_response = partial(_make_response, flask_app, inner)
    flask_app.make_response = make_response  # type: ignore[method-assign]


def _make_response(app: Flask, inner: Any, returned: Any) -> Response:  # noqa: ANN401  # Views return many.
    if hasattr(returned, "__aiter__"):
        returned = _stream(app, returned)
    elif isinstance(returned, tuple) and returned and hasattr(returned[0], "__aiter__"):
        returned = (_stream(app, returned[0]), *returned[1:])
    response: Response = inner(returned)
    if hasattr(response.response, "__aiter__"):
        response.response = _stream(app, response.response)
    return response


def _stream(app: Flask, iterable: Any) -> Any:  # noqa: ANN401  # Of str or of bytes.
    return stream_with_context(_iterate(app, iterable))


def _iterate(app: Flask, iterable: AsyncIterable[T]) -> Iterator[T]:
    """Await one item after another and, at the end or before, the closing of the iterator."""
    iterator = aiter(iterable)
    wait = app.async_to_sync(_await)
    try:
        while True:
            try:
                yield wait(anext(iterator))
            except StopAsyncIteration:
                return
    finally:
        if (close := getattr(iterator, "aclose", None)) is not None:
            wait(close())


async def _await(awaitable: Awaitable[T]) -> T:
    return await awaitable


class FileChunks(FileWrapper):
    """The server's ``wsgi.file_wrapper``: on the event loop it has a thread read the disk."""

    def __init__(self, file: Any, buffer_size: int = FILE_CHUNK) -> None:  # noqa: ANN401
        super().__init__(file, max(buffer_size, FILE_CHUNK))

    def __next__(self) -> bytes:
        """Return the next chunk."""
        if isinstance(self.file, io.BytesIO) or not in_greenlet():
            return super().__next__()
        loop = asyncio.get_running_loop()
        read = partial(self.file.read, self.buffer_size)
        chunk: bytes = await_in_greenlet(loop.run_in_executor(None, read))
        if not chunk:
            raise StopIteration
        return chunk
