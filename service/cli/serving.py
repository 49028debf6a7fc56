"""Hypercorn in this process."""

import os
import threading

import click
from hypercorn.config import Config
from hypercorn.run import run
from hypercorn.utils import NoAppError

APPLICATION = "asgi:app"


def serve(host: str, port: int, *, access_log: bool) -> None:
    """Serve the application until SIGINT or SIGTERM; requests in flight are finished first."""
    config = Config()
    config.application_path = APPLICATION
    config.bind = [f"{host}:{port}"]
    config.include_server_header = False
    config.accesslog = "-" if access_log else None
    # 0 means in this process, which then handles the signals itself and drains.
    config.workers = 0
    try:
        run(config)
    except (NoAppError, OSError) as error:
        raise click.ClickException(f"Can't serve on {host}:{port}: {error}") from error


def end_with(lifeline: int) -> None:
    """End this process, at once, when the other end of the pipe is closed.

    `lifeline` is the descriptor of the pipe's end that is read. A parent that holds the other
    one, and dies of SIGKILL, then leaves nobody on its port.
    """

    def watch() -> None:
        os.read(lifeline, 1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
