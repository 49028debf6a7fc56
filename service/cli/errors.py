"""What goes wrong in a command, as one line without a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from domain.errors import DomainError


@contextmanager
def readable_errors() -> Iterator[None]:
    """End the command with the text of a domain error and status 1."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(str(error)) from error
