"""Mails as files, for development: nothing leaves this machine."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.policy import default
from pathlib import Path
from tempfile import NamedTemporaryFile

from adapters.mail.messages import Sender, message_of
from domain.errors import StoreUnavailable
from domain.mail.entities import Mail

logger = logging.getLogger(__name__)


class FileMailer:
    """A Mailer, and its transport: it writes each mail into a file that says when, and which.

    The file of a mail that comes again takes the place of the first.
    """

    def __init__(self, folder: Path, sender: Sender) -> None:
        self._folder = folder
        self._sender = sender

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["FileMailer"]:
        """Give itself."""
        yield self

    async def send(self, mail: Mail) -> None:
        """Write the file, and tell where it is."""
        message = message_of(mail, self._sender, is_for_people=True)
        path = self._folder / f"{mail.id}.eml"
        # Lines end as those of text files here do.
        content = message.as_bytes(policy=default.clone(utf8=True))
        try:
            await asyncio.to_thread(_replace, path, content)
        except OSError as error:
            raise StoreUnavailable("The folder of mails", str(error)) from error
        logger.info("A mail lies in %s.", path)


def _replace(path: Path, content: bytes) -> None:
    """Put the whole file in place at once; only its owner may read it, for it may have a token."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.replace(file.name, path)  # noqa: PTH105  # The file's name is no path yet.
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
