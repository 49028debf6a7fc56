"""What the server writes to its log."""

import logging

from service.hooks.current import current_request


def configure_logging(level: str) -> None:
    """Write records of `level` and above to the standard error.

    The line of a request has its id in brackets, with its trace if it has one; the line of
    background work has none.
    """
    logging.basicConfig(level=level, format="%(levelname)s %(name)s%(request)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_not_hypercorn)
        handler.addFilter(_name_request)
    # Migrations tell by themselves what they do.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _is_not_hypercorn(record: logging.LogRecord) -> bool:
    """Leave out what Hypercorn writes by handlers of its own."""
    return not record.name.startswith("hypercorn.")


def _name_request(record: logging.LogRecord) -> bool:
    """Say which request's code wrote it."""
    record.request = ""
    if (request := current_request.get()) is not None:
        trace = f" trace {request.trace.id}" if request.trace else ""
        record.request = f" [{request.id}{trace}]"
    return True
