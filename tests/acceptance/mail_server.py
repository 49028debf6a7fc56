"""A mail server beside the project, which a test starts when it wants to."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.smtp_server import Mailbox, smtp_server

_TOKEN = re.compile(r"^[A-Za-z0-9_-]{43}$", re.MULTILINE)


@contextmanager
def mail_server(port: int, mailbox: Mailbox) -> Iterator[None]:
    """Serve on a port, from a thread with a loop of its own."""
    started, loop = threading.Event(), asyncio.new_event_loop()

    async def serve(ended: asyncio.Event) -> None:
        async with smtp_server(mailbox, port=port):
            started.set()
            await ended.wait()

    ended = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(ended)))
    thread.start()
    try:
        assert started.wait(10), "the mail server does not start"
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


def tokens_to(mailbox: Mailbox, recipient: str) -> list[str]:
    """Give the tokens in the mails to somebody, the first sent first."""
    mails = [it.get_content() for it in list(mailbox.messages) if it["To"] == recipient]
    return [token for text in mails for token in _TOKEN.findall(text.replace("\r\n", "\n"))]
